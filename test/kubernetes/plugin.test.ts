// Login plugins and the terminal: who may have it, and what the person who waits is told. What a plugin at a terminal sees is in ../pty/plugin.real.test.ts.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Attendance } from '../../src/kubernetes/attendance.ts';
import { runPlugin, type Plugin, type PluginManners } from '../../src/kubernetes/plugin.ts';
import { RescueError } from '../../src/realm/errors.ts';

const root = mkdtempSync(join(tmpdir(), 'realm-rescue-plugin-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

interface Told {
  readonly told: string[];
  readonly attendance: Attendance;
}
function seated(stdin: ReturnType<Attendance>['stdin']): Told {
  const told: string[] = [];
  return { told, attendance: () => ({ stdin, say: (text) => { told.push(text); } }) };
}

const TOKEN = 'printf \'{"status":{"token":"abc"}}\'';
/** A plugin that leaves a mark when it is started. */
function plugin(script: string, more: Partial<Plugin> = {}): { readonly plugin: Plugin; readonly started: () => boolean } {
  const command = join(root, `plugin-${made += 1}.sh`);
  writeFileSync(command, `#!/bin/sh\n: > '${command}.started'\n${script}\n`);
  chmodSync(command, 0o755);
  return { plugin: { command, ...more }, started: () => existsSync(`${command}.started`) };
}
/** Aborts once something holds. */
function onceThat(holds: () => boolean): AbortSignal {
  const leaving = new AbortController();
  const looking = setInterval(() => {
    if (!holds()) return;
    clearInterval(looking);
    leaving.abort(new Error('left at the browser'));
  }, 20);
  return leaving.signal;
}
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
const failing = async (of: Plugin, manners: PluginManners): Promise<RescueError> => {
  const error: unknown = await runPlugin(of, 'prod', manners).then(() => null, (thrown: unknown) => thrown);
  if (!(error instanceof RescueError)) throw new Error(`a RescueError was expected, not ${String(error)}`);
  return error;
};

describe('one that has to ask (interactiveMode: Always)', () => {
  const always = (script: string) => plugin(script, { interactiveMode: 'Always' });

  test('where no terminal is: refused at once, as by kubectl, and not started', async () => {
    const { plugin: of, started } = always('sleep 60');
    const error = await failing(of, seated('none'));
    expect([error.code, error.message]).toEqual(['refused-login', `The login plugin "${of.command}" of context prod has to ask at a terminal (interactiveMode: Always), and standard input is none.`]);
    expect(error.next).toEqual([expect.stringContaining('Start the same in a terminal')]);
    expect(started()).toBe(false);
  });

  test('while a screen is drawn on the terminal: not started; a resume asks before that', async () => {
    const { plugin: of, started } = always('sleep 60');
    const error = await failing(of, seated('screen'));
    expect([error.code, error.message]).toEqual(['refused-login', expect.stringMatching(/the screen of this run has it\.$/)]);
    expect(error.next).toEqual([expect.stringContaining('realm-rescue resume')]);
    expect(started()).toBe(false);
  });
});

test.each<[string, Plugin['interactiveMode'], ReturnType<Attendance>['stdin']]>([
  ['without a terminal', 'IfAvailable', 'none'], ['beside a screen', 'IfAvailable', 'screen'], ['where the kubeconfig does not say', undefined, 'none'], ['that never asks, at a terminal', 'Never', 'terminal'],
])('one %s is told that it cannot ask, and finds the end of its input', async (_name, interactiveMode, stdin) => {
  // Without an end of its input it would wait here for ever.
  const { plugin: of } = plugin('read answer; printf \'{"status":{"token":"%s|%s"}}\' "$answer" "$(printf %s "$KUBERNETES_EXEC_INFO" | tr -d \\")"', { apiVersion: 'client.authentication.k8s.io/v1beta1', ...(interactiveMode === undefined ? {} : { interactiveMode }) });
  expect(await runPlugin(of, 'prod', seated(stdin))).toEqual({ token: '|{kind:ExecCredential,apiVersion:client.authentication.k8s.io/v1beta1,spec:{interactive:false}}' });
});

test.each<[string, string]>([
  ['dies of it', 'kill -INT $$; sleep 60'], ['tells it as a shell does', 'exit 130'],
])('ctrl-c at one that has the terminal, and that %s, is leaving, not a failure', async (_name, script) => {
  const { plugin: of } = plugin(script, { interactiveMode: 'Always' });
  const error = await failing(of, seated('terminal'));
  expect([error.code, error.message]).toEqual(['interrupted', `Left at the login plugin "${of.command}" of context prod.`]);
});

test('whoever has left is not asked', async () => {
  const { told, attendance } = seated('terminal');
  const { plugin: of, started } = plugin('read code', { interactiveMode: 'Always' });
  await expect(runPlugin(of, 'prod', { attendance, signal: AbortSignal.abort(new RescueError('interrupted', 'Left.')) })).rejects.toThrow('Left.');
  expect([told, started()]).toEqual([[], false]);
});

test('one that nobody could have pressed ctrl-c at fails, whatever it dies of', async () => {
  expect(await failing(plugin('kill -INT $$; sleep 60').plugin, seated('none'))).toMatchObject({ code: 'refused-login' });
});

test('a mode that is none is an error of the kubeconfig', async () => {
  expect(await failing(plugin(TOKEN, { interactiveMode: 'Sometimes' }).plugin, seated('terminal'))).toMatchObject({ code: 'kubeconfig', message: expect.stringContaining('interactiveMode "Sometimes", which is none of Never, IfAvailable and Always') });
});

describe('whoever waits', () => {
  test('is told after two seconds for whom, and what that said last', async () => {
    const { told, attendance } = seated('none');
    const { plugin: of } = plugin(`echo "Opening a browser" >&2; printf 'To sign in, enter \\033[1mABCD\\033[0m at https://login.example.com\\n' >&2; sleep 2.6; ${TOKEN}`);
    expect(await runPlugin(of, 'prod', { attendance })).toEqual({ token: 'abc' });
    expect(told).toEqual([expect.stringMatching(new RegExp(`^Waiting for the login plugin "${of.command}" of context prod: To sign in, enter .*ABCD.* at https://login\\.example\\.com$`))]);
    // oxlint-disable-next-line no-control-regex
    expect(told.join('')).not.toMatch(/[\u0000-\u001f]/);
  });

  test('is told nothing of a quick one', async () => {
    const { told, attendance } = seated('none');
    await runPlugin(plugin(TOKEN).plugin, 'prod', { attendance });
    await new Promise((resolve) => { setTimeout(resolve, 2200); });
    expect(told).toEqual([]);
  });

  test.each<[string, (running: () => boolean) => PluginManners, RegExp]>([
    ['longer than the patience', () => ({ patience: 3000 }), /fails: it gives no answer within 3 s\.$/],
    ['and leaves', (running) => ({ signal: onceThat(running) }), /fails: left at the browser\.$/],
  ])('%s: the wait ends, and so does the plugin, whatever it has started', async (_name, manners, says) => {
    const { plugin: of } = plugin('echo $$ > "$0.new"; mv "$0.new" "$0.pid"; sleep 60; echo late > "$0.late"');
    const before = performance.now();
    await expect(runPlugin(of, 'prod', manners(() => existsSync(`${of.command}.pid`)))).rejects.toThrow(says);
    // Less than it sleeps.
    expect(performance.now() - before).toBeLessThan(40_000);
    const pid = Number(readFileSync(`${of.command}.pid`, 'utf8'));
    await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
  });
});
