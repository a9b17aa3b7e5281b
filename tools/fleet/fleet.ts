import { type FleetServices, SimulatedProcess } from './process.js';

/** All processes of a scenario. */
export class Fleet {
  readonly #services: FleetServices;
  readonly #processes: SimulatedProcess[] = [];
  readonly #size: number;

  constructor(size: number, services: FleetServices) {
    this.#size = size;
    this.#services = services;
  }

  /** Starts all of them, each at some time within that many seconds. */
  start(withinS: number): void {
    for (let index = 0; index < this.#size; index++) {
      this.#at(withinS, () => {
        this.#processes[index] = new SimulatedProcess(this.#services);
      });
    }
  }

  /**
   * Ends a part of them and starts others in their place, each at some time within that many seconds.
   *
   * @param part which one, from 0
   * @param parts how many there are
   */
  restart(part: number, parts: number, withinS: number): void {
    const end = Math.floor((this.#size * (part + 1)) / parts);
    for (let index = Math.floor((this.#size * part) / parts); index < end; index++) {
      this.#at(withinS, () => {
        void this.#processes[index]?.stop();
        this.#processes[index] = new SimulatedProcess(this.#services);
      });
    }
  }

  /** Seconds; infinite if nobody asked again after it was told off. */
  get shortestOffGapS(): number {
    return Math.min(...this.#processes.map(({ shortestOffGapMs }) => shortestOffGapMs)) / 1_000;
  }

  #at(withinS: number, job: () => void): void {
    const { runtime } = this.#services;
    runtime.startTimer(runtime.random() * withinS * 1_000, job);
  }
}
