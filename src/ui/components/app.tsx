import { Static, useApp, useInput, usePaste, useWindowSize } from 'ink';
import { useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Controller } from '../controller.ts';
import { widthClass, type Size, type Terminal } from '../terminal.ts';
import { leftLines } from '../view/end.ts';
import { commit } from '../view/finished.ts';
import { toView } from '../view/frame.ts';
import type { Block, Describe } from '../view/types.ts';
import { Lines } from './lines.tsx';

interface AppProps {
  readonly controller: Controller;
  readonly terminal: Terminal;
  readonly describe: Describe;
  /** Receives Ink's way to hand the terminal over, for ctrl-z. */
  readonly onSuspender: (suspend: ReturnType<typeof useApp>['suspendTerminal']) => void;
}

/**
 * Draws the view and passes input on; decides nothing. Finished blocks go to `<Static>`, which writes each of them once
 * into the scrollback, where they can be copied and survive the program.
 */
export function App({ controller, terminal, describe, onSuspender }: AppProps): ReactNode {
  const { run, local, left } = useSyncExternalStore(controller.subscribe, controller.shown);
  const { columns, rows } = useWindowSize();
  const size: Size = { columns, rows, unicode: terminal.unicode, width: widthClass(columns) };
  const view = toView(run, local, size, describe);
  const [before, setWritten] = useState<readonly Block[]>([]);
  const written = commit(before, left ? [...view.finished, { key: 'left', lines: leftLines(run, size) }] : view.finished);
  if (written !== before) setWritten(written);
  onSuspender(useApp().suspendTerminal);

  useInput((text, key) => controller.input(text, key, { scrollMax: view.scrollMax, page: view.page }));
  usePaste((text) => controller.paste(text));

  return (
    <>
      <Static items={[...written]}>{(block) => <Lines key={block.key} lines={block.lines} color={terminal.color} />}</Static>
      <Lines lines={left ? [] : view.live} color={terminal.color} />
    </>
  );
}
