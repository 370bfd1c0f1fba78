/** What the site or app says of itself. */
export interface Options {
  /** Where the API is: https://api.example.com/v1 */
  url: string;
  /** The publishable key of the site or app. */
  key: string;
  /** Answers the visitor's token, or the token of who is signed in. Asked anew when one was refused. */
  token: () => Promise<string>;
  /** Answers the visitor's token beside that of who is signed in, so that visits before become the customer's. */
  visitorToken?: () => Promise<string>;
  /** Where the chat's socket is: wss://socket.example.com */
  socket?: string;
  channel?: "portal" | "mobile" | "knowledge_base";
}
