/** Everything on the screen, as lines. The drawing side adds colour and nothing else. */
import { bindingsFor, contextOf, keyLabel, CONTEXT_TITLE } from '../keys.ts';
import type { LocalState } from '../local.ts';
import type { RunSnapshot } from '../../runner/handle.ts';
import type { Size } from '../terminal.ts';
import { clusterScreen, pauseLines, restartLines, resumeLines, safeLines, terminateLines } from './cluster.ts';
import { chooseScreen } from './choose.ts';
import { STOPPING } from './end.ts';
import { evidenceScreen } from './evidence.ts';
import { finishedBlocks } from './finished.ts';
import { rail, rule } from './header.ts';
import { fit, flow, labelled, line, span, toAscii, wrap, type Line } from './line.ts';
import { notProvenScreen } from './prove.ts';
import { confirmScreen } from './restore.ts';
import { runningScreen } from './running.ts';
import { statementScreen } from './statement.ts';
import { clearCachesLines, whyScreen } from './triage.ts';
import { troubleScreen } from './trouble.ts';
import type { Block, Describe, Scene, Screen } from './types.ts';

export interface View {
  /** Scrolls up once, key by key. */
  readonly finished: readonly Block[];
  /** The live part, never taller than the screen less one row: a taller frame is redrawn from the top and flickers. */
  readonly live: readonly Line[];
  /** How far the body can be scrolled, in lines. */
  readonly scrollMax: number;
  readonly page: number;
}

/** The whole view of a run at a size. Pure: the same arguments give the same lines. */
export function toView(snapshot: RunSnapshot, local: LocalState, size: Size, describe: Describe): View {
  const finish = (lines: readonly Line[]) => (size.unicode ? lines : lines.map(toAscii)).map((of) => fit(of, size.columns));
  const finished = finishedBlocks(snapshot, size).map((block) => ({ ...block, lines: finish(block.lines) }));
  if (snapshot.state.finished !== null || snapshot.state.stopped !== null) return { finished, live: [], scrollMax: 0, page: 1 };

  const head = size.rows >= 10 ? [rule(snapshot, size), rail(snapshot.state, size)] : [rule(snapshot, size)];
  const foot = [...noticeLines(snapshot, local, size), ...footer(snapshot, local, size)];
  const height = Math.max(2, size.rows - 1 - head.length - foot.length);
  const screen = local.overlay === 'keys' ? helpScreen(snapshot, local, size) : local.overlay === 'why' ? whyScreen(snapshot.state.triage, size) : screenOf({ snapshot, local, size, describe, height });
  const prompt = screen.prompt.slice(0, height - 1);
  const room = height - prompt.length;
  const scrolls = screen.body.length > room;
  // In Choose the arrows move the cursor.
  const scrollKeys = snapshot.state.question?.kind === 'choose' && local.overlay === null ? 'PgUp PgDn' : '↑↓';
  const shown = scrolls ? Math.max(1, room - 1) : room;
  const scrollMax = Math.max(0, screen.body.length - shown);
  const start = Math.min(local.scroll, scrollMax);
  const body = scrolls
    ? [...screen.body.slice(start, start + shown), line(span('muted', `   lines ${start + 1}–${Math.min(start + shown, screen.body.length)} of ${screen.body.length}, ${scrollKeys} scroll`))]
    : screen.body;
  return { finished, live: finish([...head, ...body, ...prompt, ...foot].slice(0, Math.max(1, size.rows - 1))), scrollMax: screen.scroll?.max ?? scrollMax, page: screen.scroll?.page ?? shown };
}

function screenOf(scene: Scene): Screen {
  const { snapshot, size, describe, local } = scene;
  const question = snapshot.busy === null ? snapshot.state.question : null;
  switch (question?.kind) {
    case undefined: return runningScreen(snapshot, size);
    case 'pause': return clusterScreen(pauseLines(question.sight, snapshot.state, size), `Type ${question.word} to pause it, Esc to leave it and state what is paused:`, scene);
    case 'terminate': return clusterScreen(terminateLines(question.controllers, size), `Type ${question.word} to end it, Esc to let it finish:`, scene);
    case 'make-safe': return clusterScreen(safeLines(question.risk, size), `Type ${question.word} to patch it now, Esc to leave it:`, scene);
    case 'restart': return clusterScreen(restartLines(question.objects, size), `Type ${question.word} to restart it once, Esc to leave it:`, scene);
    case 'resume': return clusterScreen(resumeLines(snapshot.state, size), `Type ${question.word} to let it run again, Esc to leave it paused:`, scene);
    case 'freeze': case 'thaw': return statementScreen(question.kind, scene);
    case 'clear-caches': {
      const ask = local.field === null ? line(' Enter goes back to typing, q leaves.') : line(` Type ${question.word} to clear them, Esc to leave it: `, span('focus', `${local.typed}▏`));
      return { body: clearCachesLines(snapshot.state.triage, size), prompt: wrap(ask, size.columns, 1) };
    }
    case 'evidence': return evidenceScreen(question.candidates, scene);
    case 'choose': return chooseScreen(scene);
    case 'confirm': return confirmScreen(question, scene);
    case 'not-proven': return notProvenScreen(question.owner, question.proofs, scene);
    case 'write-trouble': case 'failure': return troubleScreen(question, describe, size);
    default: return { body: [], prompt: [] };
  }
}

function noticeLines({ interrupted }: RunSnapshot, local: LocalState, size: Size): readonly Line[] {
  const texts = [
    ...(interrupted ? [STOPPING] : []),
    ...(local.notice === null ? [] : [local.notice]),
  ];
  return texts.flatMap((text) => wrap(line(' ', span('warn', text)), size.columns, 1));
}

/** As many keys as fit into one line (on a narrow screen two), the most useful first; `?` shows the others. */
function footer(snapshot: RunSnapshot, local: LocalState, size: Size): readonly Line[] {
  const bindings = bindingsFor(contextOf(snapshot, local)).filter((binding) => binding.footer !== undefined);
  const kept = bindings.map((binding) => ({
    part: line(span('strong', binding.footerKey ?? keyLabel(binding.keys[0] ?? '')), span('muted', ` ${binding.footer ?? ''}`)),
    last: binding.command === 'help' || binding.command === 'quit',
  }));
  const rows = size.width === 'narrow' && size.rows >= 16 ? 2 : 1;
  const drawn = () => flow(kept.map(({ part }) => part), size.columns, '  ');
  while (drawn().length > rows && kept.some(({ last }) => !last)) kept.splice(kept.findLastIndex(({ last }) => !last), 1);
  return drawn().slice(0, rows);
}

function helpScreen(snapshot: RunSnapshot, local: LocalState, size: Size): Screen {
  const context = contextOf(snapshot, { ...local, overlay: null });
  const rows = bindingsFor(context).flatMap((binding) =>
    labelled(binding.keys.map(keyLabel).join(' '), binding.help, size.columns, { narrow: size.width === 'narrow', pad: 15, token: 'strong' }));
  return { body: [line(' ', span('strong', CONTEXT_TITLE[context])), ...rows], prompt: [line(' Any other key closes this.')] };
}
