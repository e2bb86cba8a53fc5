import { render, Text } from 'ink';
import { createElement } from 'react';

/** Draws one line and leaves. */
export async function greet(): Promise<void> {
  const screen = render(createElement(Text, null, 'hello'));
  screen.unmount();
  await screen.waitUntilExit();
}
