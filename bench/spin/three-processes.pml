/*
 * Three processes, three slots: what three-processes.yaml searches, for SPIN.
 *
 * Whatever differs between two states of the bound, differs between the two states here, and the
 * other way round, so that both searches count the same states and the same transitions:
 *
 *   bound                                             here
 *   entries of the VMA of P0, P1, P2                  frame[], rights[]
 *   _refcount, _mapcount, PG_anon_exclusive           refcount[], mapcount[], anon_exclusive[]
 *   page->mapping: the anon_vma of a process          owner[]
 *   contents of a frame, which outlive the page       written[]
 *   the inactive list, the newest first               lru[]
 *   the processes that there are                      processes
 *   the anon_vma of P2 hangs on that of its parent    parent
 *
 * The rest of a state of the bound follows from these: page->index from the slot of the entries,
 * rss from their number, chains of anon_vmas and page tables from who was forked by whom.
 *
 * Every action is one d_step: one transition, as in the bound. A write to an empty slot maps a page;
 * it stands apart here, and whether it or the write is possible depends on the slot, so that there
 * is one of them at a time, as in the bound. An action that changes nothing (a write that needs a
 * frame where none is free, the unmapping of an empty slot) is a transition on both sides.
 */
#define SLOTS 3
/* FRAMES, from 2 on, is given on the command line: `ram` of the bound. */
#define AT(p, s) ((p) * SLOTS + (s))

/* Rights of an entry: a child's entries are old, and a write makes them young. */
#define READ_OLD 1
#define READ_YOUNG 2
#define WRITE 3

/*
 * Frames are numbered from 1; an entry that maps nothing has frame 0. In the beginning P0 has written
 * to its first slot. An initialiser that is too short goes on with its last number.
 */
byte frame[9] = {1, 0};
byte rights[9] = {WRITE, 0};
byte refcount[FRAMES + 1] = {0, 1, 0};
byte mapcount[FRAMES + 1] = {0, 1, 0};
bit anon_exclusive[FRAMES + 1] = {0, 1, 0};
byte owner[FRAMES + 1];
bit written[FRAMES + 1] = {0, 1, 0};
byte lru[FRAMES] = {1, 0};
byte processes = 1;
byte parent;

/* Of one action alone: no part of a state. */
hidden byte i;
hidden byte j;
hidden byte new;
hidden byte old;

/* The lowest frame that is free; 0 when none is. */
inline allocate() {
  new = 0;
  for (i : 1 .. FRAMES) {
    if
    :: new == 0 && refcount[i] == 0 -> new = i
    :: else
    fi
  }
}

/* A new anonymous page of a process in a slot: the newest of the list. */
inline map_new(p, at) {
  for (i : 1 .. FRAMES - 1) { lru[FRAMES - i] = lru[FRAMES - 1 - i] }
  lru[0] = new;
  refcount[new] = 1;
  mapcount[new] = 1;
  anon_exclusive[new] = 1;
  owner[new] = p;
  written[new] = 1;
  frame[at] = new;
  rights[at] = WRITE
}

/* An entry is gone; with its last one the page is freed. */
inline drop(f) {
  mapcount[f]--;
  refcount[f]--;
  if
  :: refcount[f] == 0 ->
    anon_exclusive[f] = 0;
    owner[f] = 0;
    j = 0;
    for (i : 0 .. FRAMES - 1) {
      if
      :: lru[i] != f -> lru[j] = lru[i]; j++
      :: else
      fi
    }
    for (i : j .. FRAMES - 1) { lru[i] = 0 }
  :: else
  fi
}

/* The first write to a slot. */
inline map(p, at) {
  allocate();
  if
  :: new != 0 -> map_new(p, at)
  :: else
  fi
}

/* do_wp_page(): a page that nobody else has is reused, another one is copied. */
inline write(p, at) {
  old = frame[at];
  if
  :: rights[at] == WRITE
  :: rights[at] != WRITE && refcount[old] == 1 ->
    anon_exclusive[old] = 1;
    owner[old] = p;
    rights[at] = WRITE
  :: else ->
    allocate();
    if
    :: new != 0 -> map_new(p, at); drop(old)
    :: else
    fi
  fi
}

inline unmap(at) {
  old = frame[at];
  if
  :: old != 0 ->
    frame[at] = 0;
    rights[at] = 0;
    drop(old)
  :: else
  fi
}

/* copy_present_ptes(): parent and child read, and no page is exclusive. */
inline fork(p) {
  for (i : 0 .. SLOTS - 1) {
    old = frame[AT(p, i)];
    if
    :: old != 0 ->
      refcount[old]++;
      mapcount[old]++;
      anon_exclusive[old] = 0;
      frame[AT(processes, i)] = old;
      rights[AT(processes, i)] = READ_OLD;
      if
      :: rights[AT(p, i)] == WRITE -> rights[AT(p, i)] = READ_YOUNG
      :: else
      fi
    :: else
    fi
  }
  parent = p;
  processes++
}

#define SLOT(p, s) \
  :: d_step { processes > p && frame[AT(p, s)] == 0 -> map(p, AT(p, s)) } \
  :: d_step { processes > p && frame[AT(p, s)] != 0 -> write(p, AT(p, s)) } \
  :: d_step { processes > p -> unmap(AT(p, s)) }
#define PROCESS(p) \
  SLOT(p, 0) SLOT(p, 1) SLOT(p, 2) \
  :: d_step { processes > p && processes < 3 -> fork(p) }

active proctype machine() {
  do
  PROCESS(0) PROCESS(1) PROCESS(2)
  od
}
