/** `--help` of the command and of each of its commands fits a terminal. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dsd } from './command.ts'

const commands = ['run', 'sql', 'check', 'explain', 'connectors', 'functions', 'generate']

test('every command says what it takes, in 80 columns', () => {
  const all = dsd('--help')
  assert.equal(all.status, 0)
  const pages = [all.stdout]
  for (const command of commands) {
    assert.match(all.stdout, new RegExp(`^  dsd ${command} `, 'm'))
    const page = dsd(command, '--help')
    assert.equal(page.status, 0, page.stderr)
    assert.match(page.stdout, new RegExp(`^dsd ${command} `))
    pages.push(page.stdout)
  }
  for (const line of pages.join('').split('\n')) assert.ok(line.length <= 80, line)
})

test('an unknown option or command is said in a line, with 2', () => {
  assert.equal(dsd('nope').status, 2)
  const option = dsd('sql', '--nope')
  assert.equal(option.status, 2)
  assert.match(option.stderr, /^DSD8001 .*--nope/)
})

test('a number of workers that cannot be is said in a line, with 2', () => {
  for (const workers of ['0', '257', 'many']) {
    const { status, stderr } = dsd('sql', '--workers', workers, '-e', 'SELECT 1')
    assert.equal(status, 2, stderr)
    assert.match(stderr, /^DSD8001 --workers takes a .*number/)
  }
})
