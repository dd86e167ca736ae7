import { type DemoQuestion, program, statement } from '../shapes.ts'

export const basket: DemoQuestion = {
  slug: 'basket',
  content: {
    title: 'A shopping basket',
    statement_markdown: statement('basket'),
    spec: {
      kind: 'unit',
      languages: {
        python: {
          starter: program`
            class Basket:
                def __init__(self):
                    self.prices = []

                def add(self, name, price):
                    self.prices.append(price)

                def remove(self, name):
                    pass

                def total(self):
                    return 0
          `,
          reference: program`
            class Basket:
                def __init__(self):
                    self.prices = {}

                def add(self, name, price):
                    self.prices[name] = price

                def remove(self, name):
                    self.prices.pop(name, None)

                def total(self):
                    return sum(self.prices.values())
          `,
          test_file: program`
            from solution import Basket


            def test_empty():
                assert Basket().total() == 0, "a new basket should cost 0"


            def test_adds_up():
                basket = Basket()
                basket.add("bread", 3)
                basket.add("tea", 4)
                assert basket.total() == 7, "bread for 3 and tea for 4 should cost 7"


            def test_remove():
                basket = Basket()
                basket.add("bread", 3)
                basket.add("tea", 4)
                basket.remove("tea")
                assert basket.total() == 3, "without the tea only the bread is left"


            def test_remove_unknown():
                basket = Basket()
                basket.add("bread", 3)
                basket.remove("cake")
                assert basket.total() == 3, "removing what is not there should change nothing"


            def test_new_price():
                basket = Basket()
                basket.add("bread", 3)
                basket.add("bread", 5)
                assert basket.total() == 5, "adding the same name again should replace the price"


            def test_two_baskets():
                mine = Basket()
                yours = Basket()
                mine.add("bread", 3)
                assert yours.total() == 0, "two baskets should not share what is in them"
          `,
        },
        javascript: {
          starter: program`
            class Basket {
              constructor() {
                this.prices = []
              }

              add(name, price) {
                this.prices.push(price)
              }

              remove(name) {}

              total() {
                return 0
              }
            }

            module.exports = { Basket }
          `,
          reference: program`
            class Basket {
              constructor() {
                this.prices = new Map()
              }

              add(name, price) {
                this.prices.set(name, price)
              }

              remove(name) {
                this.prices.delete(name)
              }

              total() {
                let sum = 0
                for (const price of this.prices.values()) {
                  sum = sum + price
                }
                return sum
              }
            }

            module.exports = { Basket }
          `,
          test_file: program`
            const { Basket } = require('./solution.js')

            test('test_empty', () => {
              assertEqual(new Basket().total(), 0)
            })

            test('test_adds_up', () => {
              const basket = new Basket()
              basket.add('bread', 3)
              basket.add('tea', 4)
              assertEqual(basket.total(), 7)
            })

            test('test_remove', () => {
              const basket = new Basket()
              basket.add('bread', 3)
              basket.add('tea', 4)
              basket.remove('tea')
              assertEqual(basket.total(), 3)
            })

            test('test_remove_unknown', () => {
              const basket = new Basket()
              basket.add('bread', 3)
              basket.remove('cake')
              assertEqual(basket.total(), 3)
            })

            test('test_new_price', () => {
              const basket = new Basket()
              basket.add('bread', 3)
              basket.add('bread', 5)
              assertEqual(basket.total(), 5)
            })

            test('test_two_baskets', () => {
              const mine = new Basket()
              const yours = new Basket()
              mine.add('bread', 3)
              assert(yours.total() === 0, 'two baskets should not share what is in them')
            })
          `,
        },
      },
      tests: [
        { key: 'empty', name: 'an empty basket costs nothing', points: 1, test_name: 'test_empty' },
        { key: 'adds-up', name: 'prices add up', points: 1, test_name: 'test_adds_up' },
        { key: 'remove', name: 'something goes back on the shelf', points: 2, test_name: 'test_remove' },
        { key: 'remove-unknown', name: 'removing what is not there', points: 1, is_hidden: true, test_name: 'test_remove_unknown' },
        { key: 'new-price', name: 'the same thing at a new price', points: 1, is_hidden: true, test_name: 'test_new_price' },
        { key: 'two-baskets', name: 'two baskets do not mix', points: 1, is_hidden: true, test_name: 'test_two_baskets' },
      ],
    },
  },
}
