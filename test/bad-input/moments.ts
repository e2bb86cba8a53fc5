/** What goes wrong, and when: the axes of docs/reliability.md. */
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import type { Fault, Passing } from './faultProxy.ts';

/** A request of a recovery at which something can go wrong. */
export interface Moment {
  /** The step of the runbook, as docs/reliability.md has it. */
  readonly step: 'Connect' | 'Capture' | 'Restore' | 'Prove' | 'Account' | 'End';
  readonly what: string;
  /** Whether it is this one; the first that fits is. `total`: how many writes the whole recovery has. */
  fits(passing: Passing, total: number): boolean;
}

const path = (pattern: RegExp, when: (passing: Passing, total: number) => boolean = ({ writes }) => writes === 0) => (passing: Passing, total: number) => pattern.test(passing.path) && !passing.write && when(passing, total);
const afterOne = ({ writes }: Passing): boolean => writes === 1;
const afterAll = ({ writes }: Passing, total: number): boolean => writes === total;
const ONE_CLIENT = /\/clients\/[0-9a-f-]{36}$/;

export const MOMENTS: readonly Moment[] = [
  { step: 'Connect', what: 'the login', fits: path(/\/master\/protocol\/openid-connect\/token$/) },
  { step: 'Connect', what: 'which release', fits: path(/\/admin\/serverinfo$/) },
  { step: 'Connect', what: 'which roles', fits: path(/\/role-mappings\/realm\/composite$/) },
  { step: 'Capture', what: 'the clients', fits: path(/\/clients\?first=0/) },
  { step: 'Capture', what: 'the sessions', fits: path(/\/client-session-stats$/) },
  { step: 'Capture', what: 'members of a role', fits: path(/\/roles-by-id\/[^/]+\/composites/) },
  { step: 'Restore', what: 'a token before', fits: path(/\/generate-example-access-token/) },
  { step: 'Restore', what: 'the first write', fits: ({ write, nth }) => write && nth === 1 },
  { step: 'Restore', what: 'read back', fits: path(ONE_CLIENT, afterOne) },
  { step: 'Restore', what: 'a write in the middle', fits: ({ write, nth }, total) => write && nth === Math.ceil(total / 2) },
  // Several clients go beside each other by then; only the look before a role mapping asks for this.
  { step: 'Restore', what: 'a look in the middle', fits: path(/\/role-mappings\/realm$/, ({ writes }) => writes > 0) },
  { step: 'Restore', what: 'the last write', fits: ({ write, nth }, total) => write && nth === total },
  { step: 'Prove', what: 'a token after', fits: path(/\/generate-example-access-token/, afterOne) },
  { step: 'Prove', what: 'which mappers act', fits: path(/\/evaluate-scopes\/protocol-mappers/, afterOne) },
  { step: 'Account', what: 'the clients again', fits: path(/\/clients\?first=0/, afterAll) },
  { step: 'Account', what: 'the sessions again', fits: path(/\/client-session-stats$/, afterAll) },
  { step: 'End', what: 'the logout', fits: path(/\/protocol\/openid-connect\/logout$/, afterAll) },
];

const HTML = { 'content-type': 'text/html' };
const page = (title: string): string => `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
/** More than the tool takes from anybody. */
const HUGE = 100 * 1024 * 1024;

/** What can be done to a realm and to the account at work while a request is on its way. */
export interface Around {
  readonly calls: AdminCalls;
  /** Ends every session of the account by which the tool is logged in. */
  endLogin(): Promise<void>;
}

/** What goes wrong with a request, or around it. */
export interface FaultRow {
  readonly name: string;
  readonly fault: (around: Around) => Fault;
  /** Puts right what the fault did to the realm, before the run is resumed. */
  readonly mend?: (around: Around) => Promise<void>;
}

const meanwhile = (act: (around: Around) => Promise<unknown>) => (around: Around): Fault => ({ kind: 'meanwhile', act: async () => void (await act(around)) });
const enable = (enabled: boolean) => ({ calls }: Around): Promise<void> => must(calls, 'PUT', '', { enabled }).then(() => undefined);

const ANSWERS: readonly { readonly name: string; readonly fault: Fault }[] = [
  { name: 'connection cut before it arrives', fault: { kind: 'hang-up' } },
  { name: 'connection cut before the answer', fault: { kind: 'hang-up', applied: true } },
  { name: 'connection cut in the answer', fault: { kind: 'half' } },
  { name: 'answer in slow pieces', fault: { kind: 'slow', pieces: 8, pause: 40 } },
  { name: 'answer of 100 MB', fault: { kind: 'answer', status: 200, body: `"${'x'.repeat(HUGE)}"`, applied: true } },
  { name: '200 with an HTML page', fault: { kind: 'answer', status: 200, body: page('Sign in to the corporate proxy'), headers: HTML } },
  { name: '302 to a login page', fault: { kind: 'answer', status: 302, body: '', headers: { location: 'https://sso.example.test/login?next=1' } } },
  { name: '401', fault: { kind: 'answer', status: 401, body: '{"error":"HTTP 401 Unauthorized"}' } },
  { name: '403', fault: { kind: 'answer', status: 403, body: '{"error":"HTTP 403 Forbidden"}' } },
  { name: '429', fault: { kind: 'answer', status: 429 } },
  { name: '429 with Retry-After', fault: { kind: 'answer', status: 429, headers: { 'retry-after': '1' } } },
  { name: '500', fault: { kind: 'answer', status: 500 } },
  { name: '500, done all the same', fault: { kind: 'answer', status: 500, applied: true } },
  { name: '502 with an HTML page', fault: { kind: 'answer', status: 502, body: page('502 Bad Gateway'), headers: HTML } },
  { name: '503', fault: { kind: 'answer', status: 503 } },
  { name: '503 with Retry-After', fault: { kind: 'answer', status: 503, headers: { 'retry-after': '1' } } },
  { name: '504 with an HTML page, done all the same', fault: { kind: 'answer', status: 504, body: page('504 Gateway Time-out'), headers: HTML, applied: true } },
];

/** Each happens once. */
export const FAULTS: readonly FaultRow[] = [
  ...ANSWERS.map(({ name, fault }): FaultRow => ({ name, fault: () => fault })),
  { name: 'no answer at all', fault: () => ({ kind: 'silence' }) },
  { name: 'the session of the login is ended meanwhile', fault: meanwhile((around) => around.endLogin()) },
  { name: 'the realm is disabled meanwhile', fault: meanwhile(enable(false)), mend: enable(true) },
];
