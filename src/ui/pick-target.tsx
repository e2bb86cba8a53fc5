import { Box, render, Text } from 'ink';
import SelectInput from 'ink-select-input';
import { sanitise } from './text.ts';

export interface PickableTarget {
  readonly url: string;
  readonly realm: string;
  readonly envTag: string | null;
}

const OTHER = 'another';

/**
 * Asks which of the recent targets is meant; null for another one. Choosing starts nothing but a login that asks for
 * the password next, so digits may pick at once here (facts/terminal.md T4).
 */
export function pickTarget(targets: readonly PickableTarget[]): Promise<PickableTarget | null> {
  const items = [...targets.map((target, index) => ({ key: String(index), label: labelOf(target), value: String(index) })), { key: OTHER, label: 'another one', value: OTHER }];
  return new Promise((resolve) => {
    const screen = render(
      <Box flexDirection="column">
        <Text>Which realm is it?</Text>
        <SelectInput
          items={items}
          onSelect={({ value }) => {
            screen.clear();
            screen.unmount();
            resolve(value === OTHER ? null : (targets[Number(value)] ?? null));
          }}
        />
        <Text dimColor>↑↓ move enter choose ctrl-c leave</Text>
      </Box>,
      { interactive: true },
    );
    void screen.waitUntilExit().then(() => resolve(null));
  });
}

function labelOf({ url, realm, envTag }: PickableTarget): string {
  return sanitise([envTag, url, realm].filter(Boolean).join('  '));
}
