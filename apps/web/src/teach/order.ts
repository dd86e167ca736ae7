/** The order of a course as the server takes it: every module with its steps, each exactly once. */
export type Order = { id: string; step_ids: string[] }[]

interface Module<S> {
  id: string
  steps: S[]
}

export const orderOf = (modules: readonly Module<{ id: string }>[]): Order =>
  modules.map((module) => ({ id: module.id, step_ids: module.steps.map((step) => step.id) }))

/** The modules and their steps in another order; what the order does not name is left out, what is not there is skipped. */
export function inOrder<S extends { id: string }, M extends Module<S>>(modules: readonly M[], order: Order): M[] {
  const steps = new Map(modules.flatMap((module) => module.steps).map((step) => [step.id, step]))
  return order.flatMap(({ id, step_ids }) => {
    const module = modules.find((each) => each.id === id)
    if (module === undefined) return []
    return [{ ...module, steps: step_ids.flatMap((step_id) => steps.get(step_id) ?? []) }]
  })
}

/** A module one place up (-1) or down (1); unchanged at the ends. */
export function moveModule(order: Order, id: string, by: -1 | 1): Order {
  return moved(
    order,
    order.findIndex((module) => module.id === id),
    by,
  )
}

/** A list with the item at `from` one place up or down; unchanged at the ends. */
export function moved<T>(list: readonly T[], from: number, by: -1 | 1): T[] {
  const next = [...list]
  const item = next.splice(from, 1)
  next.splice(Math.max(0, Math.min(next.length, from + by)), 0, ...item)
  return next
}

/** A step one place up or down; from the edge of a module it goes on into the neighbouring one. */
export function moveStep(order: Order, step_id: string, by: -1 | 1): Order {
  const next = order.map((module) => ({ id: module.id, step_ids: [...module.step_ids] }))
  const at = next.findIndex((module) => module.step_ids.includes(step_id))
  const steps = next[at]!.step_ids
  const from = steps.indexOf(step_id)
  const to = from + by
  if (to >= 0 && to < steps.length) {
    steps.splice(from, 1)
    steps.splice(to, 0, step_id)
    return next
  }
  const neighbour = next[at + by]
  if (neighbour === undefined) return next
  steps.splice(from, 1)
  if (by === 1) neighbour.step_ids.unshift(step_id)
  else neighbour.step_ids.push(step_id)
  return next
}

/** Where a step stands now, in words for those who do not see it move. */
export function placeOf(modules: readonly (Module<{ id: string }> & { title: string })[], step_id: string): string {
  const module = modules.find((each) => each.steps.some((step) => step.id === step_id))
  if (module === undefined) return ''
  return `number ${module.steps.findIndex((step) => step.id === step_id) + 1} of ${module.steps.length} in ${module.title}`
}
