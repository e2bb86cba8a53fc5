/** Every flag of the tool, once. Help, parsing and the docs are made from this table. Imports nothing: --help must cost nothing. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** How the value is called in help: `URL`. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly environment?: string;
  readonly help: string;
}

export const OPTIONS = {
  'url': { type: 'string', value: 'URL', environment: 'KEYCLOAK_URL', help: 'Keycloak, with its path if it has one' },
  'realm': { type: 'string', value: 'NAME', environment: 'KEYCLOAK_REALM', help: 'the realm that was overwritten' },
  'auth-realm': { type: 'string', value: 'NAME', help: 'realm to log in to (master)' },
  'client-id': { type: 'string', value: 'ID', environment: 'KEYCLOAK_CLIENT_ID', help: 'client to log in with (admin-cli); with KEYCLOAK_CLIENT_SECRET alone: as its service account' },
  'username': { type: 'string', value: 'NAME', environment: 'KEYCLOAK_USER', help: 'administrator; the password comes by prompt, --password-stdin or KEYCLOAK_PASSWORD' },
  'password-stdin': { type: 'boolean', help: 'read the password from standard input' },
  'token-stdin': { type: 'boolean', help: 'read an access token from standard input instead of logging in' },
  'ca-file': { type: 'string', value: 'PATH', help: 'certificates (PEM) to trust for the server' },
  'kubeconfig': { type: 'string', value: 'PATH', environment: 'KUBECONFIG', help: 'the cluster, as kubectl takes it (~/.kube/config, or the account of a pod)' },
  'context': { type: 'string', value: 'NAME', help: 'context of the kubeconfig (its current one)' },
  'namespace': { type: 'string', value: 'NAME', help: 'namespace of the cluster (that of the context)' },
  'env-tag': { type: 'string', value: 'TEXT', help: 'shown beside the target, e.g. PROD' },
  'session-dir': { type: 'string', value: 'DIR', help: 'where runs are recorded ($XDG_STATE_HOME/realm-rescue/sessions)' },
  'read-only': { type: 'boolean', help: 'do everything but write' },
  'json': { type: 'boolean', help: 'machine-readable output on standard output' },
  'no-input': { type: 'boolean', help: 'never ask: what no flag answers ends the run with exit 5' },
  'no-color': { type: 'boolean', environment: 'NO_COLOR', help: 'no colour' },
  'accessible': { type: 'boolean', environment: 'ACCESSIBLE', help: 'plain numbered prompts, nothing redrawn' },
  'debug': { type: 'boolean', help: 'show the stack trace of an error' },
  'evidence': { type: 'string', value: 'SPEC', multiple: true, help: 'what should be there: file:PATH, git:PATH@REV, snapshot:PATH, realm:NAME; from a cluster configmap:NS/NAME[/KEY], secret:NS/NAME[/KEY], last-applied:NS/NAME[/KEY], helm:NS/RELEASE[@REVISION], realmimport:NS/NAME, keycloakrealm:NS/NAME; earlier wins' },
  'lost': { type: 'string', value: 'CHOICE', help: 'answer for everything lost: restore, keep, leave or ask' },
  'changed': { type: 'string', value: 'CHOICE', help: 'answer for everything changed' },
  'live-only': { type: 'string', value: 'CHOICE', help: 'answer for everything that exists only live' },
  'client': { type: 'string', value: 'ID', multiple: true, help: 'only this client; all others are left alone' },
  'answers': { type: 'string', value: 'FILE', help: 'YAML: difference id to choice, ID#FIELD for one field of a change; wins over the three flags' },
  'confirm': { type: 'string', value: 'WORD', help: 'the typed word of a headless run: the realm name; of freeze and thaw: the name of the controller' },
  'probe-user': { type: 'string', value: 'NAME', help: 'whose token is decoded to prove a claim' },
  'refresh-token-file': { type: 'string', value: 'FILE', help: 'a refresh token from before the incident: the strongest proof (CLIENT_ID on the first line, the token on the second, or the token alone)' },
  'frozen': { type: 'string', value: 'TEXT', help: 'states in words which writer is paused' },
  'thawed': { type: 'string', value: 'TEXT', help: 'states in words that the writer runs again; the realm is then checked' },
  'accept-unproven': { type: 'string', value: 'REASON', help: 'go on although a claim is not proven; the reason goes into the record, the exit stays 4' },
  'repo': { type: 'string', value: 'DIR', help: 'git working tree whose files are brought to live' },
  'out': { type: 'string', value: 'DIR', help: 'the directory to write into: a patch (instead of the session), a snapshot (instead of here)' },
  'branch': { type: 'string', value: 'NAME', help: 'also commit the export on this new branch (never pushed)' },
  'from': { type: 'string', value: 'SPEC', help: 'where a writer is found in the cluster: configmap:NS/NAME, secret:NS/NAME, job:NS/NAME, realmimport:NS/NAME, keycloakrealm:NS/NAME, keycloakclient:NS/NAME, application:NS/NAME, kustomization:NS/NAME, helmrelease:NS/NAME; of compare: the other side (live when left out)' },
  'operation': { type: 'string', value: 'ID', multiple: true, help: 'take back only this write of the run: "create client-mapper:app/groups"' },
  'delete-clients': { type: 'boolean', help: 'also delete clients that the run brought back: their sessions end for good' },
  'format': { type: 'string', value: 'FORMAT', help: 'text, json, sarif (2.1.0) or github (annotations)' },
  'fix': { type: 'boolean', help: 'write what can be made harmless without touching another byte' },
  'server-version': { type: 'string', value: 'VERSION', help: 'of the Keycloak that the files are for, such as 26.7.4; an image tag in a file wins' },
  'break-glass': { type: 'string', value: 'NAME', multiple: true, help: 'an account that may go on to edit the realm: for emergencies only' },
  'terminate': { type: 'boolean', help: 'also end the operation that is running; a pause does not' },
  'make-safe': { type: 'boolean', help: 'also patch the live workload so that a restart of its pods overwrites nothing; the pods restart for it' },
  'restart': { type: 'boolean', help: 'after the sync also restart the pods once, and compare the realm again' },
  'watch': { type: 'boolean', help: 'stay until each controller has looked once more at its own interval, and say whether the pause holds' },
  'no-watch': { type: 'boolean', help: 'do not wait for the next sync' },
  'help': { type: 'boolean', help: 'this text' },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof OPTIONS;

/** Flags as parsed: only those that were given. */
export type Flags = { readonly [K in OptionName]?: (typeof OPTIONS)[K] extends { multiple: true } ? readonly string[] : (typeof OPTIONS)[K] extends { type: 'boolean' } ? boolean : string };

export const TARGET: readonly OptionName[] = ['url', 'realm', 'auth-realm', 'client-id', 'username', 'password-stdin', 'token-stdin', 'ca-file', 'env-tag'];
/** Which cluster. */
export const CLUSTER: readonly OptionName[] = ['kubeconfig', 'context', 'namespace'];
export const OUTPUT: readonly OptionName[] = ['json', 'no-input', 'no-color', 'accessible', 'debug', 'help'];
/** Every command takes these, as a script passes them to all; those that mean nothing to it are not in its help. A server that it does not ask it refuses. */
export const SHARED: readonly OptionName[] = ['env-tag', 'session-dir', 'read-only', ...OUTPUT];
export const DECIDING: readonly OptionName[] = ['lost', 'changed', 'live-only', 'client', 'answers'];
export const RUNNING: readonly OptionName[] = ['confirm', 'probe-user', 'refresh-token-file', 'frozen', 'thawed', 'accept-unproven', 'repo', 'out', 'branch'];
