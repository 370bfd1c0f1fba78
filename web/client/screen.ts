/** One tab or app, as the API wants to know it. */
export interface Screen {
  id: string;
  device: "phone" | "tablet" | "desktop";
  size: string;
}

const PHONE_PIXELS = 600;

/** Fingers on a short side below 600 CSS pixels are a phone's. */
export function describeScreen(id: string): Screen {
  const touched = matchMedia("(pointer: coarse)").matches;
  const small = Math.min(screen.width, screen.height) < PHONE_PIXELS;
  return { id, device: touched ? (small ? "phone" : "tablet") : "desktop", size: `${innerWidth}x${innerHeight}` };
}
