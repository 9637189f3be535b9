import t from 'tap'
import { expression } from '../configuration.ts'
import { wrongReferences } from '../references.ts'

const variables = { variable: [{ name: {} }] }

t.test('a reference to what is declared in any file of the module is right', async t => {
  const main = {
    resource: [{ aws_iam_role: { this: { name: `a-${expression('var.name')}` } } }],
    data: [{ aws_region: { current: {} } }],
    locals: [{ arn: expression('aws_iam_role.this.arn') }],
    output: [{ one: { value: expression('[for one in local.list : one.ref]') } }],
  }
  const more = { locals: [{ list: expression('[data.aws_region.current.id, local.arn]') }] }
  t.strictSame(wrongReferences({ 'a/main.tf': main, 'a/more.tf': more, 'a/variables.tf': variables }), [])
})

t.test('what is not declared, and a variable that is not used, are found in each module', async t => {
  const value = expression('var.nam + local.a + module.b.c + aws_iam_role.d.arn + data.aws_region.e.id')
  t.strictSame(
    wrongReferences({ 'a/main.tf': { output: [{ one: { value } }] }, 'a/variables.tf': variables, 'b/variables.tf': variables }),
    [
      'a: var.nam is not declared',
      'a: local.a is not declared',
      'a: module.b is not declared',
      'a: aws_iam_role.d is not declared',
      'a: data.aws_region.e is not declared',
      'a: var.name is not used',
      'b: var.name is not used',
    ],
  )
})
