import { Box, render, Text, useApp, useInput } from 'ink';
import SelectInput from 'ink-select-input';
import type { ReactNode } from 'react';
import { ENDING, processJob, suspendJob } from './suspend.ts';
import { sanitise } from './text.ts';

export interface PickableTarget {
  readonly url: string;
  readonly realm: string;
  readonly envTag: string | null;
}

const OTHER = 'another';

/**
 * Asks which of the recent targets is meant; `left` by ctrl-c. Choosing starts nothing but a login that asks for
 * the password next, so digits may pick at once here (facts/terminal.md T4).
 */
export function pickTarget(targets: readonly PickableTarget[]): Promise<PickableTarget | 'another' | 'left'> {
  const items = [...targets.map((target, index) => ({ key: String(index), label: labelOf(target), value: String(index) })), { key: OTHER, label: 'another one', value: OTHER }];
  const job = processJob();
  return new Promise((resolve) => {
    let suspendTerminal: ReturnType<typeof useApp>['suspendTerminal'] | null = null;
    let suspended = false;
    let over = false;
    const stop = () => {
      if (suspended || suspendTerminal === null) return;
      suspended = true;
      offStop();
      void suspendTerminal(() => suspendJob(job)).finally(() => {
        suspended = false;
        if (!over) offStop = job.onStop(stop);
      });
    };
    let offStop = job.onStop(stop);
    const end = (picked: PickableTarget | 'another' | 'left') => {
      over = true;
      offStop();
      for (const signal of ENDING) process.off(signal, leave);
      resolve(picked);
    };
    const leave = () => screen.unmount();
    const screen = render(
      <Question
        items={items}
        onStop={stop}
        onSuspender={(way) => {
          suspendTerminal = way;
        }}
        onSelect={({ value }) => {
          screen.clear();
          end(value === OTHER ? 'another' : (targets[Number(value)] ?? 'another'));
          screen.unmount();
        }}
      />,
      { interactive: true },
    );
    for (const signal of ENDING) process.on(signal, leave);
    void screen.waitUntilExit().then(() => end('left'));
  });
}

interface QuestionProps {
  readonly items: { readonly key: string; readonly label: string; readonly value: string }[];
  readonly onSelect: (item: { readonly value: string }) => void;
  readonly onStop: () => void;
  /** Receives Ink's way to hand the terminal over. */
  readonly onSuspender: (suspend: ReturnType<typeof useApp>['suspendTerminal']) => void;
}

function Question({ items, onSelect, onStop, onSuspender }: QuestionProps): ReactNode {
  onSuspender(useApp().suspendTerminal);
  useInput((input, key) => {
    if (key.ctrl && input === 'z') onStop();
  });
  return (
    <Box flexDirection="column">
      <Text>Which realm is it?</Text>
      <SelectInput items={items} onSelect={onSelect} />
      <Text dimColor>↑↓ move enter choose ctrl-c leave</Text>
    </Box>
  );
}

function labelOf({ url, realm, envTag }: PickableTarget): string {
  return sanitise([envTag, url, realm].filter(Boolean).join('  '));
}
