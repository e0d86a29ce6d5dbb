import type { Pfn } from '@pagewright/core';

/** Flags of a mapping request (include/xen/interface/grant_table.h GNTMAP_*). */
export const GNTMAP = {
  host_map: 1 << 1,
  readonly: 1 << 2,
  application_map: 1 << 3,
  contains_pte: 1 << 4,
  guest_avail0: 1 << 16,
} as const;

/** Answers of the hypervisor (include/xen/interface/grant_table.h GNTST_*). */
export const GNTST = { okay: 0, bad_gntref: -3, permission_denied: -8 } as const;

/** Names one grant: the domain that gives, and its number there. */
export interface GrantRef {
  readonly domid: number;
  readonly ref: number;
}

/** A page that another domain offers. */
export interface Grant extends GrantRef {
  /** Its machine frame. */
  readonly frame: Pfn;
  /** It may only be read. */
  readonly readonly: boolean;
}

/** What the hypervisor answers to one mapping request. */
export type MapAnswer =
  | { readonly status: typeof GNTST.okay; readonly handle: number; readonly frame: Pfn }
  | { readonly status: typeof GNTST.bad_gntref | typeof GNTST.permission_denied };

/** The hypervisor's side: what is on offer, and what is mapped of it. */
export class GrantTable {
  private readonly offers = new Map<string, Grant>();
  private readonly handles = new Set<number>();
  private nextHandle = 0;

  constructor(grants: readonly Grant[]) {
    for (const grant of grants) this.offers.set(keyOf(grant), grant);
  }

  /** Mappings that are in force. */
  get mapped(): number {
    return this.handles.size;
  }

  /** GNTTABOP_map_grant_ref. */
  map(ref: GrantRef, flags: number): MapAnswer {
    const grant = this.offers.get(keyOf(ref));
    if (grant === undefined) return { status: GNTST.bad_gntref };
    if (grant.readonly && (flags & GNTMAP.readonly) === 0) {
      return { status: GNTST.permission_denied };
    }
    const handle = this.nextHandle++;
    this.handles.add(handle);
    return { status: GNTST.okay, handle, frame: grant.frame };
  }

  /** GNTTABOP_unmap_grant_ref of a handle that `map` gave. */
  unmap(handle: number): void {
    this.handles.delete(handle);
  }
}

const keyOf = ({ domid, ref }: GrantRef): string => `${domid}:${ref}`;
