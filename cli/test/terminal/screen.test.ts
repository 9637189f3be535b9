import t from 'tap'
import { clearScreen, screenOf } from '../../src/terminal/screen.ts'

t.test('a terminal has a width, and is emptied before a screen is repeated', async t => {
  t.equal(screenOf({ isTTY: true, columns: 80 }, {}).columns, 80)
  t.equal(clearScreen({ isTTY: true }), '\u001B[H\u001B[2J')
})

t.test('a pipe has no width and no colours, and repeated screens are separated by an empty line', async t => {
  t.equal(screenOf({ columns: 80 }, {}).columns, undefined)
  t.equal(clearScreen({}), '\n')
})
