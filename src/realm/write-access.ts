/** Who may change the configuration of a realm, as data. */

/** Somebody who may change a realm's configuration. */
export interface Writer {
  /** The user name; `(every user of the realm)` where the default role brings it. */
  readonly name: string;
  /** The realm that the account lives in: the realm itself, or master. */
  readonly realm: string;
  readonly kind: 'person' | 'service-account';
  /** `realm-management manage-clients`, `role team (realm-management manage-clients)`, `group /admins/night in /admins: master role admin`. */
  readonly through: readonly string[];
}

export interface WriteAccess {
  readonly realm: string;
  /** Accounts that can log in, by realm, then name, each once. */
  readonly writers: readonly Writer[];
  /** What could not be looked at, a sentence each, with the role to grant or why it cannot be known. Empty: nothing was left out. */
  readonly unknown: readonly string[];
}
