import { AsyncLocalStorage } from 'node:async_hooks';

/** The order that the program works on. */
export const currentOrder = new AsyncLocalStorage();
