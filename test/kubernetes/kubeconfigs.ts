/** Kubeconfigs of every shape, and login plugins that are real programs. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterTarget } from '../../src/kubernetes/target.ts';
import { sessionPlace } from '../harness/tool.ts';

export interface Shape {
  readonly contexts?: Readonly<Record<string, { readonly cluster?: string; readonly user?: string; readonly namespace?: string }>>;
  readonly clusters?: Readonly<Record<string, object>>;
  readonly users?: Readonly<Record<string, object>>;
  /** undefined: the line is not there. */
  readonly current?: string;
}

export function kubeconfig({ contexts = { prod: { cluster: 'prod', user: 'oncall' } }, clusters = { prod: { server: 'https://k8s.example.com' } }, users = { oncall: { token: 'abc' } }, current }: Shape = {}, file = join(sessionPlace(), 'config')): string {
  const list = (of: Readonly<Record<string, object>>, word: string) => Object.entries(of).map(([name, value]) => ({ name, [word]: value }));
  mkdirSync(join(file, '..'), { recursive: true });
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'Config', contexts: list(contexts, 'context'), clusters: list(clusters, 'cluster'), users: list(users, 'user'), ...(current === undefined ? {} : { 'current-context': current }) }));
  return file;
}

export const target = (rest: Partial<ClusterTarget> = {}): ClusterTarget => ({ userAgent: 'realm-rescue/test', environment: {}, readOnly: false, ...rest });
export const at = (file: string, rest: Partial<ClusterTarget> = {}): ClusterTarget => target({ kubeconfig: file, ...rest });

/** Writes a plugin that does what the script says; it notes each call in `calls`. */
export function plugin(script: string): { readonly command: string; readonly calls: () => number } {
  const directory = sessionPlace();
  const command = join(directory, 'plugin.sh');
  writeFileSync(command, `#!/bin/sh\necho call >> '${directory}/calls'\n${script}\n`);
  chmodSync(command, 0o755);
  return { command, calls: () => (existsSync(join(directory, 'calls')) ? readFileSync(join(directory, 'calls'), 'utf8').split('\n').length - 1 : 0) };
}

export const credential = (status: object): string => `cat <<'END'\n${JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status })}\nEND`;
export const withExec = (exec: object, server = 'https://k8s.example.com', file?: string): string => kubeconfig({ current: 'prod', clusters: { prod: { server } }, users: { oncall: { exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', ...exec } } } }, file);
export const jwt = (exp: unknown): string => `e30.${Buffer.from(JSON.stringify({ sub: 'oncall', exp })).toString('base64url')}.c2ln`;

/** Of a client whose login ended with the year 2024. */
export const EXPIRED = `-----BEGIN CERTIFICATE-----
MIIBCTCBsAIBATAKBggqhkjOPQQDAjARMQ8wDQYDVQQDDAZvbmNhbGwwHhcNMjQw
MTAxMDAwMDAwWhcNMjUwMTAxMDAwMDAwWjARMQ8wDQYDVQQDDAZvbmNhbGwwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAASkvR4MMuxttQ467NUYcfAO8FISpon70SCj
I8Nt50EhulNqXrXLQ0iATxA/wodhcQhxlEwJ5qW3BRMyloIPECOnMAoGCCqGSM49
BAMCA0gAMEUCIBPlfUTxzK2SyCFG0Qi9hrkq7TEcWp8e1v+LluQVS1c7AiEAtgyR
z78pBbHo5x843Rsk71Atfhr1RoRSWtuZlHA+Slg=
-----END CERTIFICATE-----
`;
