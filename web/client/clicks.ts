const CLICKS = 4; // three select a paragraph
const WITHIN_MS = 1_500;
const WITHIN_PIXELS = 30;
/** Where many clicks are what one does. */
const MEANT = "input, textarea, select, video, canvas";

export interface Click {
  at: number;
  x: number;
  y: number;
}

/** Whether the last clicks were so many, so fast and so near that they were in vain. */
export function isRage(clicks: readonly Click[]): boolean {
  const last = clicks.at(-1);
  const near = clicks.filter(
    (click) => last && last.at - click.at <= WITHIN_MS && Math.hypot(click.x - last.x, click.y - last.y) <= WITHIN_PIXELS,
  );
  return near.length >= CLICKS;
}

/** Calls `tell` with the name of the place (`data-step`, else its id) once for each burst; answers how to stop. */
export function watchClicks(tell: (step: string | undefined) => void): () => void {
  let clicks: Click[] = [];
  const listen = ({ target, timeStamp, clientX, clientY }: MouseEvent) => {
    if (!(target instanceof Element) || target.closest(MEANT)) return;
    clicks = [...clicks.slice(1 - CLICKS), { at: timeStamp, x: clientX, y: clientY }];
    if (!isRage(clicks)) return;
    clicks = [];
    const place = target.closest<HTMLElement>("[data-step], [id]");
    tell(place?.dataset["step"] ?? place?.id);
  };
  document.addEventListener("click", listen, true);
  return () => document.removeEventListener("click", listen, true);
}
