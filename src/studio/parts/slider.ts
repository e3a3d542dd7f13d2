/** What a slider may say, and what a key moves it by; with Shift, and by Page Up and Page Down. */
export interface SliderRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly longStep: number;
}

type OnSlider<Event> = Event & { readonly currentTarget: HTMLElement };

/**
 * Handlers of an element of the role slider: keys move it, and a pointer that presses it.
 * @param value what it says
 * @param follow where a pointer is, as a value
 */
export function sliderHandlers(
  value: number,
  { min, max, step, longStep }: SliderRange,
  { move, follow }: { move: (to: number) => void; follow: (event: OnSlider<PointerEvent>) => number },
) {
  return {
    onKeyDown(event: KeyboardEvent): void {
      const by = event.shiftKey ? longStep : step;
      const places: Readonly<Record<string, number>> = {
        ...{ ArrowUp: value + by, ArrowRight: value + by, PageUp: value + longStep },
        ...{ ArrowDown: value - by, ArrowLeft: value - by, PageDown: value - longStep },
        ...{ Home: min, End: max },
      };
      if (!Object.hasOwn(places, event.key)) return;
      event.preventDefault();
      move(places[event.key]);
    },
    onPointerDown(event: OnSlider<PointerEvent>): void {
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: OnSlider<PointerEvent>): void {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) move(follow(event));
    },
  };
}
