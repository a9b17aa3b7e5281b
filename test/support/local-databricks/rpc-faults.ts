import type { Faults, RpcFault } from './types.js';

/** Faults by method: those asked for with `next` come first, in order, then the standing one. */
export class RpcFaults implements Faults {
  readonly #next = new Map<string, RpcFault[]>();
  readonly #always = new Map<string, RpcFault>();

  next(method: string, fault: RpcFault, times = 1): void {
    const queue = this.#next.get(method) ?? [];
    for (let i = 0; i < times; i += 1) queue.push(fault);
    this.#next.set(method, queue);
  }

  always(method: string, fault: RpcFault): void {
    this.#always.set(method, fault);
  }

  clear(): void {
    this.#next.clear();
    this.#always.clear();
  }

  take(method: string): RpcFault | undefined {
    return this.#next.get(method)?.shift() ?? this.#always.get(method);
  }
}
