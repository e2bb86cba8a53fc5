/** Every step and state of a run, and how a test gets there. */
import type { Held } from '../harness/holdProxy.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import type { Mode, World } from './world.ts';

export interface State {
  readonly name: string;
  /** What is asked of the world before the tool starts. */
  readonly world?: { readonly evidence?: boolean };
  /** Starts the tool and goes there. */
  reach(world: World): Promise<void>;
  /** What stands on the screen then, and again after `fg`. */
  readonly shows: Readonly<Record<Mode, string>>;
  /** Something is under way: a first ctrl-c waits for it. */
  readonly runs?: true;
  /** Where only the screen has such a state. */
  readonly only?: Mode;
  /** What `resume` needs besides, and the exit code that is right then, where that is not 0. */
  readonly resume?: { readonly flags: readonly string[]; readonly exit: number };
  /** The run has its end already: nothing is left to resume, and the exit code is that of the run. */
  readonly ended?: true;
}

/** Answers to the questions, by keys or by lines. */
const ANSWERS = {
  freeze: async ({ pty, mode }: World) => {
    await pty.until(mode === 'ink' ? 'Stated:' : 'Stated as paused (');
    await pty.key('Enter');
  },
  choose: async ({ pty, mode }: World) => {
    await pty.until('answers missing', 60_000);
    await pty.type('a');
    if (mode === 'plain') await pty.key('Enter');
    await pty.until('No answer is missing.');
    if (mode === 'plain') await pty.type('done');
    await pty.key('Enter');
  },
  confirm: async ({ pty, story }: World) => {
    await pty.until(`Type ${story.realm} to`);
    await pty.type(`${story.realm} all`);
    await pty.until(`${story.realm} all`);
    await pty.key('Enter');
  },
  thaw: async ({ pty }: World, statement: string) => {
    await pty.until('What has been resumed', 60_000);
    await pty.type(statement);
    await pty.key('Enter');
  },
} as const;

async function toChoose(world: World): Promise<void> {
  await world.start();
  await ANSWERS.freeze(world);
  await world.pty.until('answers missing', 60_000);
}

async function toConfirm(world: World): Promise<void> {
  await toChoose(world);
  await ANSWERS.choose(world);
  await world.pty.until(`Type ${world.story.realm} to`);
}

async function toEnd(world: World): Promise<void> {
  await toConfirm(world);
  await ANSWERS.confirm(world);
}

/** The tool is held at a request: `reach` ends when that request has arrived. */
async function heldAt(world: World, wanted: (held: Held) => boolean, go: (world: World) => Promise<void>): Promise<void> {
  const arrived = world.proxy.hold(wanted);
  await go(world);
  await arriving(world, arrived);
}

/** Fails with what is on the screen where nothing arrives. */
async function arriving({ pty }: World, arrived: Promise<void>): Promise<void> {
  let there = false;
  const mark = async () => {
    await arrived;
    there = true;
  };
  void mark();
  await pty.until(() => there, 30_000);
}

const EXAMPLE_TOKEN = /\/generate-example-access-token/;
const CLIENTS = /\/clients\?first=0/;

export const STATES: readonly State[] = [
  {
    name: 'Connect, while the login hangs', runs: true, shows: { ink: 'Logging in', plain: 'Logging in' },
    reach: (world) => heldAt(world, ({ path }) => path.endsWith('/token'), (of) => of.start()),
  },
  {
    name: 'the question of Freeze', shows: { ink: 'Stated: Argo', plain: 'Stated as paused (' },
    reach: async (world) => {
      await world.start();
      await world.pty.until(world.mode === 'ink' ? 'Stated:' : 'Stated as paused (');
      await world.pty.type('Argo');
      await world.pty.until('Argo');
    },
  },
  {
    name: 'Capture', runs: true, shows: { ink: 'Reading the realm', plain: 'Reading the realm' },
    reach: (world) => heldAt(world, ({ path }) => CLIENTS.test(path), async (of) => {
      await of.start();
      await ANSWERS.freeze(of);
    }),
  },
  {
    name: 'the question of Triage, whether to clear the caches', shows: { ink: 'to clear them', plain: 'to clear them' },
    reach: async (world) => {
      await leaveInCache(world, 'mobile-app');
      await world.start();
      await ANSWERS.freeze(world);
      await world.pty.until('to clear them', 60_000);
    },
  },
  {
    name: 'Evidence, while git is asked', runs: true, world: { evidence: false }, shows: { ink: 'Looking for places', plain: 'Looking for places' },
    reach: async (world) => {
      await world.start();
      await world.pty.until('Stated');
      const arrived = world.git.hold();
      await ANSWERS.freeze(world);
      await arrived;
    },
  },
  {
    name: 'the question of Evidence', world: { evidence: false }, shows: { ink: '1 selected', plain: 'Numbers with spaces between' },
    reach: async (world) => {
      await world.start();
      await ANSWERS.freeze(world);
      await world.pty.until(world.mode === 'ink' ? '1 selected' : 'Numbers with spaces between', 60_000);
    },
  },
  { name: 'Choose', shows: { ink: 'answers missing', plain: 'answers missing' }, reach: toChoose },
  {
    name: 'the detail of Choose', only: 'ink', shows: { ink: 'answer     missing', plain: 'answers missing' },
    reach: async (world) => {
      await toChoose(world);
      await world.pty.type('d');
      await world.pty.until('answer     missing');
    },
  },
  {
    name: 'the filter of Choose', only: 'ink', shows: { ink: 'auth▏', plain: 'answers missing' },
    reach: async (world) => {
      await toChoose(world);
      await world.pty.type('/auth');
      await world.pty.until('auth');
    },
  },
  {
    name: 'the help', only: 'ink', shows: { ink: 'Any other key closes this.', plain: 'answers missing' },
    reach: async (world) => {
      await toChoose(world);
      await world.pty.type('?');
      await world.pty.until('Any other key closes this.');
    },
  },
  {
    name: 'the word of Restore, half typed', shows: { ink: 'pri▏', plain: 'to send them' },
    reach: async (world) => {
      await toConfirm(world);
      await world.pty.type('pri');
      await world.pty.until('pri');
    },
  },
  { name: 'Restore, before the first write', runs: true, shows: { ink: 'Sending one write', plain: 'Sending one write' }, reach: (world) => heldAt(world, ({ path }) => EXAMPLE_TOKEN.test(path), toEnd) },
  { name: 'Restore, the first write in flight', runs: true, shows: { ink: 'Sending one write', plain: 'Sending one write' }, reach: (world) => heldAt(world, ({ write }) => write, toEnd) },
  { name: 'Restore, writes beside each other in flight', runs: true, shows: { ink: 'Restore', plain: 'Sending one write' }, reach: (world) => heldAt(world, ({ write, writes }) => write && writes > 2, toEnd) },
  { name: 'Prove', runs: true, shows: { ink: 'Issuing and reading tokens', plain: 'Issuing and reading tokens' }, reach: (world) => heldAt(world, ({ path, writes }) => EXAMPLE_TOKEN.test(path) && writes > 0, toEnd) },
  {
    name: 'the question of a claim that is not proven', resume: { flags: ['--accept-unproven', 'known'], exit: 4 }, shows: { ink: 'NOT PROVEN', plain: '1 and the name of a probe user' },
    reach: async (world) => {
      world.proxy.lie(({ path, writes }) => (EXAMPLE_TOKEN.test(path) && writes > 0 ? { status: 200, body: { exp: 0 } } : undefined));
      await toEnd(world);
      await world.pty.until('accept', 60_000);
    },
  },
  {
    name: 'the question of a write that failed', shows: { ink: 'FAILED', plain: 'r to look at the server' },
    reach: async (world) => {
      world.proxy.lie(({ write }) => (write ? { status: 409, body: { errorMessage: 'not now' } } : undefined));
      await toEnd(world);
      await world.pty.until('FAILED', 60_000);
    },
  },
  { name: 'Account', runs: true, shows: { ink: 'Comparing sessions', plain: 'Comparing sessions' }, reach: (world) => heldAt(world, ({ path, writes }) => CLIENTS.test(path) && writes > 0, toEnd) },
  {
    name: 'Export', runs: true, shows: { ink: 'Writing the patch', plain: 'Writing the patch' },
    reach: async (world) => {
      await toConfirm(world);
      const arrived = world.git.hold();
      await ANSWERS.confirm(world);
      await arrived;
    },
  },
  {
    name: 'the question of Thaw', shows: { ink: 'What has been resumed', plain: 'Stated as resumed (' },
    reach: async (world) => {
      await toEnd(world);
      await world.pty.until('What has been resumed', 60_000);
    },
  },
  {
    name: 'Thaw, while the realm is read again', runs: true, shows: { ink: 'Reading the realm again', plain: 'Reading the realm again' },
    reach: async (world) => {
      await toEnd(world);
      await world.pty.until('What has been resumed', 60_000);
      await heldAt(world, ({ path }) => CLIENTS.test(path), (of) => ANSWERS.thaw(of, 'Argo'));
    },
  },
  {
    name: 'the moment of exit', runs: true, ended: true, shows: { ink: 'Done in', plain: 'Done in' },
    reach: async (world) => {
      await toEnd(world);
      await world.pty.until('What has been resumed', 60_000);
      await heldAt(world, ({ path }) => path.endsWith('/logout'), (of) => ANSWERS.thaw(of, ''));
      await world.pty.until('Done in');
    },
  },
];

/** As a node does that kept running through an import: a client that is gone still answers by its name, until the caches are cleared. */
async function leaveInCache({ story, proxy }: World, clientId: string): Promise<void> {
  const [client] = (await must(story.calls, 'GET', `/clients?clientId=${clientId}`)) as { readonly id: string }[];
  await must(story.calls, 'DELETE', `/clients/${client?.id ?? ''}`);
  let cached = true;
  proxy.lie(({ method, path }) => {
    if (/clear-realm-cache/.test(path)) cached = false;
    return cached && method === 'GET' && path.endsWith(`/clients?clientId=${clientId}`) ? { status: 200, body: [client] } : undefined;
  });
}
