import { CLUSTER, DECIDING, OUTPUT, RUNNING, TARGET, type Flags, type OptionName } from './options.ts';

/** What a command gets: parsed flags, the words after its name, and the environment. */
export interface Invocation {
  readonly command: string;
  readonly flags: Flags;
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What was given as a secret is added here: a report of a crash leaves it out. */
  readonly secrets: Set<string>;
}

export type CommandRun = (invocation: Invocation) => Promise<number>;

export interface CommandSpec {
  readonly summary: string;
  /** Words after the command: `SESSION`. */
  readonly words?: string;
  readonly options: readonly OptionName[];
  /** Works in the sandbox or on nothing at all. */
  readonly example: string;
  readonly load: () => Promise<{ readonly run: CommandRun }>;
}

/** The command table. Each command is loaded only when it is called. */
export const COMMANDS: Readonly<Record<string, CommandSpec>> = {
  recover: {
    summary: 'walk through the recovery of an overwritten realm (the default)',
    options: [...TARGET, 'from', ...CLUSTER, 'evidence', ...DECIDING, ...RUNNING, 'terminate', 'make-safe', 'session-dir', 'read-only', ...OUTPUT],
    example: 'realm-rescue recover --url https://keycloak.example.com --realm primary --evidence git:charts/keycloak/realm.json@HEAD --repo .',
    load: () => import('./recover.ts'),
  },
  demo: {
    summary: 'the same on a sandbox with an incident staged; needs nothing, touches nothing',
    options: [...DECIDING, 'confirm', 'probe-user', 'frozen', 'thawed', 'session-dir', 'read-only', ...OUTPUT],
    example: 'realm-rescue demo',
    load: () => import('./demo.ts'),
  },
  doctor: {
    summary: 'connection, version, permissions and what would be possible; read-only',
    options: [...TARGET, 'from', ...CLUSTER, ...OUTPUT],
    example: 'realm-rescue doctor --url https://keycloak.example.com --realm primary',
    load: () => import('./doctor.ts'),
  },
  snapshot: {
    summary: 'write the live state to a file',
    options: [...TARGET, ...CLUSTER, 'out', ...OUTPUT],
    example: 'realm-rescue snapshot --url https://keycloak.example.com --realm primary --out .',
    load: () => import('./snapshot.ts'),
  },
  compare: {
    summary: 'compare live, or another source (--from), with evidence; exit 2 on differences',
    options: [...TARGET, ...CLUSTER, 'evidence', 'from', ...OUTPUT],
    example: 'realm-rescue compare --realm primary --from before.json --evidence realm.json --json',
    load: () => import('./compare.ts'),
  },
  plan: {
    summary: 'the requests that given choices would send; read-only',
    options: [...TARGET, ...CLUSTER, 'evidence', ...DECIDING, ...OUTPUT],
    example: 'realm-rescue plan --url https://keycloak.example.com --realm primary --evidence realm.json --lost restore --changed restore --live-only keep',
    load: () => import('./plan.ts'),
  },
  resume: {
    summary: 'go on with a recorded run after a crash or a stop',
    words: 'SESSION',
    options: [...TARGET, 'from', ...CLUSTER, ...DECIDING, ...RUNNING, 'terminate', 'make-safe', 'session-dir', 'read-only', ...OUTPUT],
    example: 'realm-rescue resume 8f2c',
    load: () => import('./resume.ts'),
  },
  undo: {
    summary: 'take back what a recorded run wrote, from its journal',
    words: 'SESSION',
    options: [...TARGET, ...CLUSTER, 'client', 'operation', 'delete-clients', 'confirm', 'session-dir', ...OUTPUT],
    example: 'realm-rescue undo 8f2c --client api-gateway',
    load: () => import('./undo.ts'),
  },
  sessions: {
    summary: 'list recorded runs',
    options: ['session-dir', ...OUTPUT],
    example: 'realm-rescue sessions',
    load: () => import('./sessions.ts'),
  },
  export: {
    summary: 'patches for git, from live or from a recorded run',
    words: '[SESSION]',
    options: [...TARGET, ...CLUSTER, 'evidence', 'repo', 'out', 'branch', 'session-dir', ...OUTPUT],
    example: 'realm-rescue export 8f2c --repo .',
    load: () => import('./export.ts'),
  },
  freeze: {
    summary: 'pause what applies the realm in the cluster, and whatever would take the pause back',
    options: ['from', ...CLUSTER, 'confirm', 'terminate', 'watch', 'session-dir', 'read-only', ...OUTPUT],
    example: 'realm-rescue freeze --context prod --from configmap:iam/keycloak-realm',
    load: () => import('./freeze.ts'),
  },
  thaw: {
    summary: 'let it run again exactly as it was before, watch its sync, and freeze again when that changes something',
    words: '[SESSION]',
    options: ['from', ...CLUSTER, 'confirm', 'restart', 'no-watch', ...TARGET, 'session-dir', ...OUTPUT],
    example: 'realm-rescue thaw 8f2c --url https://keycloak.example.com --realm primary',
    load: () => import('./thaw.ts'),
  },
  lint: {
    summary: 'settings in files that decide whether an import overwrites a realm, classified; exit 2 on destructive ones',
    words: '[PATH...]',
    options: ['format', 'fix', 'server-version', 'repo', ...TARGET, 'break-glass', ...OUTPUT],
    example: 'realm-rescue lint .',
    load: () => import('./lint.ts'),
  },
  transcript: {
    summary: 'show, verify or export the record of a run',
    words: 'show|verify|export SESSION [HEAD]',
    options: ['out', 'session-dir', ...OUTPUT],
    example: 'realm-rescue transcript verify 8f2c',
    load: () => import('./transcript.ts'),
  },
};
