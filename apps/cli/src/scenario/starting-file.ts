/** What `pagewright scenario new` prints: a file that runs, with a comment for each part. */
export const STARTING_FILE = `# yaml-language-server: $schema=docs/scenario.schema.json
# Run it: pagewright scenario run this-file.yaml --trace

# What it shows, in one line.
scenario: A child shares its parent's page until one of them writes

# What it is run on. Forms: one, a list, or all. Kernels: v6.18, v6.12.., ..v6.9, a list, or all.
machine:
  form: x86_64
  kernel: [v6.12, v6.18]
  # config: {DEBUG_VM: n}    CONFIG_ options
  # ram: 64                  frames that can be allocated

# The same outcome is expected here, and steps are answered alike on all forms.
forall:
  forms: all
  kernels: v6.12, v7.2

# What there is before the first step. Pages of a VMA are V, V+1 ...; in another process child:V+1.
objects:
  processes:
    parent: {}
  vmas:
    V: {flags: rw-p, pages: 4}
  # files: {F: {kind: fsdax}}
  # pages: {Z: zeropage, D: {kind: driver, pages: 4}}

# One operation each, named as in the kernel. A step must succeed without a warning, unless it says
# \`expect: -EINVAL\`, \`expect: {v6.9: 0, v6.12..: -EINVAL}\`, or \`may fail with: [-EBUSY]\`.
steps:
  - label: the first write allocates a page
    write: V
  - page_at: V
    as: page
  - fork: parent
    as: child
  - check:
      pages: {page: {refcount: 2, mapcount: 2, exclusive: false}}
  - label: the child gets a copy
    write: child:V

# The state at the end. What is not said is not asked, but entries are neither writable nor special
# unless it is said.
expect:
  pages:
    page: {refcount: 1, mapcount: 1}
  entries:
    V: {page: page}
    child:V: {write: true, dirty: true}
  processes:
    parent: {anon: 1}
    child: {anon: 1}
`;
