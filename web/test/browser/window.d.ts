import type { Throughline } from "../../client/index.js";

declare global {
  /** The client on the pages of `Site`. */
  var throughline: Throughline;
}
