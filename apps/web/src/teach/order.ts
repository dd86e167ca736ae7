/** The order of a course as the server takes it: every module with its steps, each exactly once. */
export type Order = { id: string; step_ids: string[] }[]

export const orderOf = (modules: { id: string; steps: { id: string }[] }[]): Order =>
  modules.map((module) => ({ id: module.id, step_ids: module.steps.map((step) => step.id) }))

/** A module one place up (-1) or down (1); unchanged at the ends. */
export function moveModule(order: Order, id: string, by: -1 | 1): Order {
  const from = order.findIndex((module) => module.id === id)
  const next = [...order]
  const [module] = next.splice(from, 1)
  next.splice(Math.max(0, Math.min(next.length, from + by)), 0, module!)
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
