import { type Levels } from '../client';

/** Pixels of a bar and of the gap beside it. */
const barPx = 3;
const gapPx = 3;

/** How long one bar takes to come in, in milliseconds. */
const stepMs = 50;

/** Milliseconds between pictures for those who want no motion. */
const stillMs = 250;

/**
 * Both voices as bars that move from right to left, the user's in front of the assistant's. Whoever prefers less motion sees
 * two steady meters instead.
 */
export class Waveform {
  private readonly context: CanvasRenderingContext2D | null;
  private readonly wantsStillness = matchMedia('(prefers-reduced-motion: reduce)');
  private history: Levels[] = [];
  private now: Levels = silence;
  private lastStepMs = 0;
  private lastDrawMs = 0;
  private frame: number | undefined;

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.context = canvas.getContext('2d');
  }

  hear(levels: Levels): void {
    this.now = levels;
  }

  start(): void {
    this.history = [];
    this.now = silence;
    this.frame ??= requestAnimationFrame((at) => this.draw(at));
  }

  stop(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
  }

  private draw(atMs: number): void {
    this.frame = requestAnimationFrame((at) => this.draw(at));
    if (this.context === null) return;
    const isStill = this.wantsStillness.matches;
    if (isStill && atMs - this.lastDrawMs < stillMs) return;
    this.lastDrawMs = atMs;
    const { width, height } = fit(this.canvas, this.context);
    const colours = coloursOf(this.canvas);
    if (isStill) drawMeters(this.context, width, height, this.now, colours);
    else this.drawBars(this.context, width, height, atMs, colours);
  }

  private drawBars(
    context: CanvasRenderingContext2D,
    width: number,
    height: number,
    atMs: number,
    colours: Colours,
  ): void {
    const columns = Math.ceil(width / (barPx + gapPx)) + 1;
    if (atMs - this.lastStepMs > columns * stepMs) this.lastStepMs = atMs - stepMs;
    for (; atMs - this.lastStepMs >= stepMs; this.lastStepMs += stepMs) {
      this.history = [...this.history, calmed(this.now, this.history.at(-1))].slice(-columns);
    }
    const moved = ((atMs - this.lastStepMs) / stepMs) * (barPx + gapPx);
    for (let column = 0; column < columns; column += 1) {
      const levels = this.history.at(-1 - column) ?? silence;
      const x = width - column * (barPx + gapPx) - moved;
      bar(context, x, height, 0, colours.line);
      if (levels.output > quiet) bar(context, x, height, levels.output, colours.output);
      if (levels.input > quiet) bar(context, x, height, levels.input, colours.input);
    }
  }
}

interface Colours {
  readonly input: string;
  readonly output: string;
  readonly line: string;
}

const silence: Levels = { input: 0, output: 0 };

/** Below this nothing is shown: rooms are never quite silent. */
const quiet = 0.04;

/** Rises at once and falls softly. */
function calmed(levels: Levels, before: Levels = silence): Levels {
  return { input: Math.max(levels.input, before.input * 0.72), output: Math.max(levels.output, before.output * 0.72) };
}

function bar(context: CanvasRenderingContext2D, x: number, height: number, level: number, colour: string): void {
  const length = Math.max(barPx, level ** 1.6 * height);
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x, (height - length) / 2, barPx, length, barPx / 2);
  context.fill();
}

function drawMeters(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  levels: Levels,
  colours: Colours,
): void {
  const columns = Math.floor(width / (barPx + gapPx));
  for (const [row, level, colour] of [
    [0.36, levels.input, colours.input],
    [0.64, levels.output, colours.output],
  ] as const) {
    for (let column = 0; column < columns; column += 1) {
      context.fillStyle = level > quiet && column / columns < level ? colour : colours.line;
      context.fillRect(column * (barPx + gapPx), height * row - 5, barPx, 10);
    }
  }
}

/** Gives the canvas as many pixels as the screen shows of it, and wipes it. */
function fit(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): { width: number; height: number } {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio;
  const [pixelWidth, pixelHeight] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { width, height };
}

/** Read anew for each picture: the page may change from light to dark under way. */
function coloursOf(canvas: HTMLCanvasElement): Colours {
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name);
  return { input: colour('--accent'), output: colour('--voice'), line: colour('--line') };
}
