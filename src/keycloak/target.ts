import type { Dispatcher } from 'undici';

/** Where the realm is and as whom to read it. One of `username` with `password`, `clientSecret` alone, or `token`. */
export interface Target {
  /** Base address, may carry a path such as `/auth`; no trailing slash needed. */
  readonly url: string;
  readonly realm: string;
  /** The realm that the credentials belong to: `master`, or the realm itself. */
  readonly authRealm: string;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly clientSecret?: string;
  /** A ready access token; it cannot be renewed. */
  readonly token?: string;
  /** PEM file with the authorities to trust besides the usual ones. */
  readonly caFile?: string;
  /** Takes the place of the network: tests and recordings. */
  readonly dispatcher?: Dispatcher;
  readonly userAgent: string;
  /** Refuses every write before it is sent. */
  readonly readOnly: boolean;
  /** How long and how often reads are repeated; the default suits a server that is just starting. */
  readonly patience?: Patience;
}

export interface Patience {
  /** Attempts of one read, the first included. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubles with each further one. */
  readonly pause: number;
  /** Milliseconds without an answer after which a request counts as lost. */
  readonly silence: number;
}

export const USUAL_PATIENCE: Patience = { attempts: 5, pause: 400, silence: 60_000 };
