import type { Sample, Samples } from './samples.js';

/** How long one sample takes. */
export interface Effort {
  readonly name: 'full' | 'check' | 'smoke';
  /** Only shows that everything runs: the figures mean nothing. */
  readonly smoke: boolean;
  /** Fresh processes per variant, if fewer than the bench asks for. */
  readonly rounds?: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Of things that are counted or held: so many at full length, a handful in a smoke test. */
  count(full: number): number;
}

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** Median absolute deviation over the processes, in the same unit. */
  readonly spread: number;
  /** What it is compared with, in the same unit. */
  readonly beside?: { readonly what: string; readonly value: number };
  /** Value : beside, or what the reach is about. */
  readonly ratio?: number;
  /** What is to be reached, in words, and whether it was. */
  readonly reach?: { readonly text: string; readonly reached: boolean };
  /** `--check` fails where the ratio is above this: wide enough for a noisy machine. */
  readonly guard?: { readonly max: number };
  /** The same thing measured twice: what differs is noise. */
  readonly isNoise?: boolean;
}

export interface Bench {
  readonly name: string;
  /** What is measured, how, and what the limit is. */
  readonly about: string;
  /** Each is measured in fresh processes of its own; within a round one after the other. */
  readonly variants: readonly string[];
  /** Fresh processes per variant. */
  readonly rounds: number;
  /** Flags of Node.js for the processes. */
  readonly nodeFlags?: readonly string[];
  /** Runs in the parent, before the first sample: servers, installations. Ended after the last. */
  prepare?(effort: Effort): Promise<Prepared>;
  /** Runs in a process of its own. `prepared` is what the parent's `prepare` gave. */
  measure(variant: string, effort: Effort, prepared: Record<string, string>): Promise<Sample>;
  rows(samples: Samples): Row[];
}

export interface Prepared {
  /** For the processes. */
  readonly values: Record<string, string>;
  /** Environment variables of the processes. */
  readonly environment?: Record<string, string>;
  end(): Promise<void>;
}

export function fullEffort(): Effort {
  return { name: 'full', smoke: false, warmUpMs: 300, measureMs: 500, count: (full) => full };
}

/** Enough for ratios with wide bounds. */
export function checkEffort(): Effort {
  return {
    name: 'check',
    smoke: false,
    warmUpMs: 150,
    measureMs: 250,
    rounds: 3,
    count: (full) => Math.ceil(full / 2),
  };
}

export function smokeEffort(): Effort {
  return {
    name: 'smoke',
    smoke: true,
    rounds: 1,
    warmUpMs: 0,
    measureMs: 0,
    count: (full) => Math.min(full, 50),
  };
}

export function effortNamed(name: string | undefined): Effort {
  switch (name) {
    case 'check':
      return checkEffort();
    case 'smoke':
      return smokeEffort();
    default:
      return fullEffort();
  }
}
