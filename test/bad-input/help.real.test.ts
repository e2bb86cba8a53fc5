// The example below each command's help is the first thing that a person copies: it works on the sandbox. Needs git.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/table.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { writeRepository } from '../../src/sandbox/incident/repository.ts';
import { runTool, type ToolRun } from '../harness/tool.ts';
import { recordedIn } from './refusal.ts';
import { confirmed, run, stageSandbox, type Story } from './story.ts';

/** How the example of each command ends here: without a terminal nobody can be asked. */
const ENDS: Readonly<Record<string, number>> = {
  recover: 5, doctor: 0, snapshot: 0, compare: 2, plan: 0, resume: 0, undo: 5, sessions: 0, export: 0, transcript: 0, lint: 2,
};

let story: Story;
let stop: () => Promise<void>;
let id: string;
let environment: Record<string, string>;
beforeAll(async () => {
  const staged = await stageSandbox();
  [story, stop] = [staged, () => staged.sandbox.close()];
  await writeRepository(story.directory, goodRealmFile(story.calls));
  cpSync(story.evidence, join(story.directory, 'before.json'));
  const state = join(story.directory, 'state');
  const sessions = join(state, 'realm-rescue', 'sessions');
  mkdirSync(sessions, { recursive: true });
  environment = { XDG_STATE_HOME: state, KEYCLOAK_USER: story.user, KEYCLOAK_PASSWORD: story.password };
  // A finished run for the examples that name one.
  expect((await run(story, ['recover'], { sessions, with: [...confirmed(story)] })).exit).toBe(0);
  [id = ''] = recordedIn(sessions).runs;
  writeFileSync(join(story.directory, 'realm.json'), JSON.stringify({ ...goodRealmFile(story.calls), clientScopes: [] }));
});
afterAll(() => stop());

// The demo brings its own sandbox, and has its own tests.
const examples = Object.entries(COMMANDS).filter(([name]) => name !== 'demo').map(([name, { example }]) => [name, example] as const);
const argumentsOf = (example: string): string[] => example.split(' ').slice(1).map((word) => word.replace('https://keycloak.example.com', story.url).replace(/^8f2c$/, id));
const here = (args: readonly string[]): Promise<ToolRun> => runTool(args, { cwd: story.directory, env: environment });

it.each(examples)('%s: %s', async (name, example) => {
  const done = await here(argumentsOf(example));
  expect(done.exit, done.stderr).toBe(ENDS[name]);
  expect(done.stderr).not.toMatch(/^\s+at |\bbug\b/m);
});
