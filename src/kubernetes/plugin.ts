/**
 * Runs the login plugin of a kubeconfig as client-go does (plugin/pkg/client/auth/exec/exec.go). The library would leave its standard input an
 * open pipe, on which a plugin that asks for something waits for ever, and would show nothing of what it says.
 */
import { spawn } from 'node:child_process';
import { RescueError } from '../realm/errors.ts';
import { oneLine } from '../keycloak/text.ts';
import { NOBODY, type Attendance } from './attendance.ts';
import type { ClusterInfo } from './cluster-info.ts';

/** `exec` of a user of a kubeconfig. */
export interface Plugin {
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly apiVersion?: string;
  readonly interactiveMode?: string;
  readonly provideClusterInfo?: boolean;
  readonly installHint?: string;
}

/** What a plugin gives: a token, or a certificate with its key, as PEM. */
export interface PluginLogin {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
}

export interface PluginManners {
  readonly attendance?: Attendance;
  /** Ends the wait, and the plugin. */
  readonly signal?: AbortSignal;
  /** Told to the plugin. */
  readonly cluster?: ClusterInfo;
  /** Milliseconds without an answer after which nobody waits any longer; a person at a terminal has all the time. */
  readonly patience?: number;
}

/** A plugin may wait for a person at a browser; longer than this nobody waits at 23:00. */
const PATIENCE = 90_000;
/** After this a person wonders what is going on, in milliseconds. */
const WONDERING = 2000;

/**
 * @param context  for the sentences
 * @throws RescueError `refused-login` where it fails or gives nothing (the request would go out as system:anonymous), or asks for a terminal that
 * is not there; `kubeconfig` for a mode that is none; `interrupted` where whoever sits at the terminal ended it with ctrl-c
 */
export async function runPlugin(plugin: Plugin, context: string, { attendance = NOBODY, signal, patience = PATIENCE, cluster }: PluginManners = {}): Promise<PluginLogin> {
  // Nobody is asked any more by whoever has left.
  signal?.throwIfAborted();
  const { stdin, say } = attendance();
  const interactive = isInteractive(plugin, context, stdin);
  const heard = { last: '' };
  const whose = `the login plugin ${named(plugin)} of context ${oneLine(context)}`;
  // One that is sure to ask is announced, so that nothing is written into the middle of its question.
  const announced = plugin.interactiveMode === 'Always';
  if (announced) say(`Here asks ${whose}:`);
  const wondering = announced ? undefined : setTimeout(() => say(`Waiting for ${whose}${heard.last === '' ? '' : `: ${heard.last}`}${interactive ? ' (ctrl-c leaves)' : ''}`), WONDERING);
  const limit = interactive ? undefined : setTimeout(() => gaveUp.abort(new Error(`it gives no answer within ${Math.round(patience / 1000)} s`)), patience);
  const gaveUp = new AbortController();
  try {
    const status = statusOf(await output(plugin, { spec: { ...(cluster ? { cluster } : {}), interactive }, signal: AbortSignal.any([gaveUp.signal, ...(signal ? [signal] : [])]), onWords: (line) => { heard.last = line; } }));
    if (!status.token && !status.clientCertificateData) throw new RescueError('refused-login', `The login plugin ${named(plugin)} of context ${oneLine(context)} gives neither a token nor a certificate.`, ['Log in with the tool that the plugin belongs to, then try: kubectl auth whoami']);
    return status;
  } catch (error) {
    if (error instanceof Interrupted) throw new RescueError('interrupted', `Left at ${whose}.`, ['Start the same again.'], { cause: error });
    throw error instanceof RescueError ? error : failure(error, context, plugin);
  } finally {
    clearTimeout(wondering);
    clearTimeout(limit);
  }
}

/** Whether it gets standard input. Before v1 a kubeconfig may leave the mode out, and `IfAvailable` is meant (client-go, api/v1/defaults.go). */
function isInteractive(plugin: Plugin, context: string, stdin: ReturnType<Attendance>['stdin']): boolean {
  const mode = plugin.interactiveMode ?? 'IfAvailable';
  const subject = `The login plugin ${named(plugin)} of context ${oneLine(context)}`;
  if (!['Never', 'IfAvailable', 'Always'].includes(mode)) throw new RescueError('kubeconfig', `${subject} has interactiveMode "${oneLine(mode)}", which is none of Never, IfAvailable and Always.`, ['Correct it in the kubeconfig.']);
  if (mode !== 'Always' || stdin === 'terminal') return mode !== 'Never' && stdin === 'terminal';
  if (stdin === 'screen') throw new RescueError('refused-login', `${subject} has to ask at the terminal (interactiveMode: Always), and the screen of this run has it.`, ['Leave, and go on with realm-rescue resume: it logs in before the screen is drawn.']);
  throw new RescueError('refused-login', `${subject} has to ask at a terminal (interactiveMode: Always), and standard input is none.`, ['Start the same in a terminal, or use a context with a token of its own, such as one of "kubectl create token".']);
}

interface Running {
  /** Of the ExecCredential that it gets. */
  readonly spec: { readonly cluster?: ClusterInfo; readonly interactive: boolean };
  readonly signal: AbortSignal;
  /** Each line that it says on standard error, where that is not the terminal. */
  readonly onWords: (line: string) => void;
}

/** Ctrl-c at a plugin that has the terminal. */
class Interrupted extends Error {}

/** How a shell tells that SIGINT ended what it ran (128 + 2). */
const ENDED_BY_SIGINT = 130;

/** What it writes on standard output. Rejects with what it said last where it fails. */
async function output(plugin: Plugin, { spec, signal, onWords }: Running): Promise<string> {
  const { command, args, env, apiVersion = 'client.authentication.k8s.io/v1' } = plugin;
  const { interactive } = spec;
  const info = JSON.stringify({ kind: 'ExecCredential', apiVersion, spec });
  const child = spawn(command, args ?? [], {
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', interactive ? 'inherit' : 'pipe'],
    env: { ...process.env, ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])), KUBERNETES_EXEC_INFO: info },
  });
  return new Promise((resolve, reject) => {
    let [answer, words] = ['', ''];
    const leave = (): void => {
      child.kill();
      // What it has started may hold on to them.
      child.stdout?.destroy();
      child.stderr?.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', leave, { once: true });
    child.stdout?.setEncoding('utf8').on('data', (data: string) => { answer += data; });
    child.stderr?.setEncoding('utf8').on('data', (data: string) => {
      words += data;
      onWords(lastLine(words));
    });
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', leave);
      if (code === 0) resolve(answer);
      // Ctrl-c goes to both of us, and its end may be heard before our own signal.
      else if (interactive && (killedBy === 'SIGINT' || code === ENDED_BY_SIGINT)) reject(new Interrupted());
      else reject(new Error(lastLine(words)));
    });
  });
}

const lastLine = (text: string): string => oneLine((text.split('\n').findLast((line) => line.trim() !== '') ?? '').trim());

/** @throws TypeError or SyntaxError for what is no credential */
function statusOf(text: string): PluginLogin {
  const credential = JSON.parse(text) as { readonly status?: Readonly<Record<string, unknown>> | null } | null;
  if (typeof credential?.status !== 'object' || credential.status === null) throw new TypeError('no status');
  const part = (name: keyof PluginLogin) => (typeof credential.status?.[name] === 'string' && credential.status[name] !== '' ? { [name]: credential.status[name] } : {});
  return { ...part('token'), ...part('clientCertificateData'), ...part('clientKeyData') };
}

const named = (plugin: Plugin): string => `"${oneLine(plugin.command)}"`;

/** With the plugin's own hint (verified-kube.md 3.5). */
function failure(error: unknown, context: string, plugin: Plugin): RescueError {
  const said = oneLine(error instanceof Error ? error.message.trim() : '').replace(/\.$/, '');
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const hint = typeof plugin.installHint === 'string' && plugin.installHint.trim() !== '' ? [oneLine(plugin.installHint.trim().split('\n')[0] ?? '')] : [];
  const subject = `The login plugin ${named(plugin)} of context ${oneLine(context)}`;
  if (code === 'ENOENT') return new RescueError('refused-login', `${subject} is not installed or not in PATH.`, [...hint, 'Install it, or use another context with --context.'], { cause: error });
  // Junk, and JSON that is no credential.
  if (error instanceof SyntaxError || error instanceof TypeError) return new RescueError('refused-login', `${subject} answers with something that is no credential.`, ['Run it by hand to see what it says.'], { cause: error });
  return new RescueError('refused-login', `${subject} fails${said === '' ? '' : `: ${said}`}.`, ['Log in with the tool that the plugin belongs to, then try: kubectl auth whoami'], { cause: error });
}
