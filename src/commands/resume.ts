import { RescueError } from '../realm/errors.ts';
import { readJournal } from '../journal/read.ts';
import { findSession } from '../journal/sessions.ts';
import { oldRun, sessionDirectory } from './session.ts';
import { recordedRun, settingsAgain, standingSettings, demoTarget } from './recorded.ts';
import type { CommandRun } from './table.ts';
import { resolveTarget } from './target.ts';
import { thisTerminal } from './terminal.ts';

/** Goes on with a recorded run. The journal says where it was; flags given now add to those given then. */
export const run: CommandRun = async (invocation) => {
  const [typed] = invocation.words;
  if (!typed) throw new RescueError('usage', 'No run is named.', ['See realm-rescue sessions for the ids, then: realm-rescue resume ID']);
  const directory = sessionDirectory(invocation);
  const { id } = findSession(directory, typed);
  const info = recordedRun(directory, id);
  const terminal = thisTerminal(invocation);
  const settings = await settingsAgain(standingSettings(info.settings, readJournal(`${directory}/${id}`, id).lines), invocation.flags);
  const demo = info.demo ? await demoTarget(directory, id, info) : null;
  try {
    const target = demo ? demo.target : await resolveTarget(invocation, terminal, info);
    return await oldRun({ invocation, terminal, target: { ...target, readOnly: info.readOnly }, settings, demo: info.demo, cwd: info.cwd ?? process.cwd() }, id);
  } finally {
    await demo?.close();
  }
};
