/** Shapes on which two-operand operators are checked: equal, broadcast both ways, a scalar. */
export const pairs = [
  {
    shapes: [
      [2, 3],
      [2, 3],
    ],
  },
  {
    shapes: [
      [2, 1, 3],
      [4, 1],
    ],
  },
  { shapes: [[3], []] },
];
