/** The kinds of type that BTF knows (include/uapi/linux/btf.h); 0 is `void`. */
export const KIND = {
  void: 0,
  int: 1,
  ptr: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  fwd: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  func: 12,
  funcProto: 13,
  var: 14,
  datasec: 15,
  float: 16,
  declTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

/** How many words follow a type's first three: some always, some for each element. */
export interface KindSize {
  readonly info: number;
  readonly element: number;
}

/** Words by kind, index 0 to 19. */
export const KIND_SIZES: readonly KindSize[] = sizes({
  int: { info: 1, element: 0 },
  array: { info: 3, element: 0 },
  struct: { info: 0, element: 3 },
  union: { info: 0, element: 3 },
  enum: { info: 0, element: 2 },
  funcProto: { info: 0, element: 2 },
  var: { info: 1, element: 0 },
  datasec: { info: 0, element: 3 },
  declTag: { info: 1, element: 0 },
  enum64: { info: 0, element: 3 },
});

function sizes(given: { readonly [name in keyof typeof KIND]?: KindSize }): readonly KindSize[] {
  const none = { info: 0, element: 0 };
  return Object.keys(KIND).map((name) => given[name as keyof typeof KIND] ?? none);
}

/** Kinds that say something of another type and leave its layout alone. */
export const isModifier = (kind: number): boolean =>
  kind === KIND.typedef ||
  kind === KIND.volatile ||
  kind === KIND.const ||
  kind === KIND.restrict ||
  kind === KIND.typeTag;

/** True for structs and unions. */
export const isComposite = (kind: number): boolean => kind === KIND.struct || kind === KIND.union;

/** True for both widths of enum. */
export const isEnum = (kind: number): boolean => kind === KIND.enum || kind === KIND.enum64;
