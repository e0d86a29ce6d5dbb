import type { Result } from '@pagewright/core';
import type { Document } from '@pagewright/report';
export async function insertionDocument(name: string, kernel: string | undefined): Promise<Result<Document>> { throw new Error(`${name} ${kernel}`); }
