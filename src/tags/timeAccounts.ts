import { Tag } from './names.js';

/** The tag of each account that a statement's time can belong to. `docs/time-accounts.md` says what each means. */
export const TIME_TAGS = {
  queued: Tag.timeQueuedMs,
  running: Tag.timeRunningMs,
  fetching: Tag.timeFetchingMs,
  downloading: Tag.timeDownloadingMs,
  retrying: Tag.timeRetryingMs,
  driver: Tag.timeDriverMs,
  application: Tag.timeApplicationMs,
  unseen: Tag.timeUnseenMs,
} as const;

export type TimeAccount = keyof typeof TIME_TAGS;

/** In the order in which they are drawn. */
export const TIME_ACCOUNTS = Object.keys(TIME_TAGS) as readonly TimeAccount[];
