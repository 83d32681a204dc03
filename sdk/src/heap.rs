//! Where a component's memory comes from: first from a block that is there from the start, then from the allocator of
//! `std`.
//!
//! An instance lives for one call, and an ordinary call needs some 100 KB. The allocator of `std` asks for them by growing
//! the memory, which the host has to take back again afterwards: two system calls that stop every core for a moment, more
//! than the rest of making an instance. Nothing is gained by giving memory back carefully, so that in the block only the
//! last piece is reused. This file must not hold anything but bytes.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The block of a component, in bytes: a call with a large answer takes the rest from `std`.
#[cfg(target_arch = "wasm32")]
const BLOCK_BYTES: usize = 256 << 10;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static HEAP: Heap<BLOCK_BYTES> = Heap::new();

/// Gives out a block piece by piece. For one thread: a component has no other.
#[repr(align(16))]
struct Heap<const BYTES: usize> {
    block: UnsafeCell<[u8; BYTES]>,
    used: AtomicUsize,
}

// SAFETY: a component runs on one thread, and so does each test with a heap of its own.
#[allow(unsafe_code)]
unsafe impl<const BYTES: usize> Sync for Heap<BYTES> {}

impl<const BYTES: usize> Heap<BYTES> {
    const fn new() -> Self {
        Self { block: UnsafeCell::new([0; BYTES]), used: AtomicUsize::new(0) }
    }

    fn start(&self) -> *mut u8 {
        self.block.get().cast()
    }

    /// Where in the block a piece begins; none for a piece of `std`.
    fn offset(&self, piece: *mut u8) -> Option<usize> {
        let offset = piece.addr().wrapping_sub(self.start().addr());
        (offset < BYTES).then_some(offset)
    }

    /// Takes a piece from the rest of the block, as far as there is one.
    fn take(&self, layout: Layout) -> Option<*mut u8> {
        let end = self.start().addr() + self.used.load(Ordering::Relaxed);
        let offset = end.checked_next_multiple_of(layout.align())? - self.start().addr();
        self.resize(offset, layout.size()).then(|| self.start().wrapping_add(offset))
    }

    /// Makes the piece at `offset` the last one, of `size` bytes. False where that is more than there is.
    fn resize(&self, offset: usize, size: usize) -> bool {
        let end = offset.checked_add(size).filter(|end| *end <= BYTES);
        if let Some(end) = end {
            self.used.store(end, Ordering::Relaxed);
        }
        end.is_some()
    }

    fn is_last(&self, offset: usize, size: usize) -> bool {
        offset + size == self.used.load(Ordering::Relaxed)
    }
}

// SAFETY: pieces are aligned, within the block and disjoint, because each begins at or after the end of all before it; the
// end goes back only over the last one, when it is freed or resized. All others are those of `std`, and go back to it.
#[allow(unsafe_code)]
unsafe impl<const BYTES: usize> GlobalAlloc for Heap<BYTES> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout).unwrap_or_else(|| unsafe { System.alloc(layout) })
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        match self.offset(piece) {
            None => unsafe { System.dealloc(piece, layout) },
            Some(offset) if self.is_last(offset, layout.size()) => self.used.store(offset, Ordering::Relaxed),
            Some(_) => {}
        }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Some(offset) = self.offset(piece) else {
            return unsafe { System.realloc(piece, layout, size) };
        };
        if size <= layout.size() || (self.is_last(offset, layout.size()) && self.resize(offset, size)) {
            return piece;
        }
        // SAFETY: the caller promises that `size`, rounded up to the alignment, is no overflow.
        let moved = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !moved.is_null() {
            // SAFETY: the new piece is larger than the old one and another.
            unsafe { moved.copy_from_nonoverlapping(piece, layout.size()) };
        }
        moved
    }
}

#[cfg(test)]
#[allow(unsafe_code)]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn pieces_are_aligned_disjoint_and_from_std_once_the_block_is_used_up() {
        let heap = Heap::<256>::new();
        // SAFETY: every piece is freed once, with the layout it was made with.
        unsafe {
            let (byte, word) = (heap.alloc(layout(1, 1)), heap.alloc(layout(64, 64)));
            assert_eq!(word.addr() % 64, 0);
            assert!(word.addr() > byte.addr());
            let beyond = heap.alloc(layout(256, 8));
            assert_eq!((heap.offset(byte), heap.offset(beyond)), (Some(0), None));
            beyond.write_bytes(7, 256);
            heap.dealloc(beyond, layout(256, 8));
        }
    }

    #[test]
    fn the_last_piece_grows_in_place_and_another_moves_with_its_content() {
        let heap = Heap::<256>::new();
        // SAFETY: as above; what is read was written.
        unsafe {
            let first = heap.alloc(layout(8, 8));
            first.write_bytes(3, 8);
            assert_eq!(heap.realloc(first, layout(8, 8), 32), first);
            let second = heap.alloc(layout(8, 8));
            let moved = heap.realloc(first, layout(32, 8), 64);
            assert!(moved.addr() >= second.addr() + 8);
            assert_eq!(std::slice::from_raw_parts(moved, 8), [3; 8]);
            let out = heap.realloc(moved, layout(64, 8), 1024);
            assert_eq!(heap.offset(out), None);
            assert_eq!(std::slice::from_raw_parts(out, 8), [3; 8]);
            heap.dealloc(out, layout(1024, 8));
        }
    }

    #[test]
    fn a_freed_last_piece_is_given_out_again() {
        let heap = Heap::<64>::new();
        // SAFETY: as above.
        unsafe {
            let piece = heap.alloc(layout(64, 1));
            heap.dealloc(piece, layout(64, 1));
            assert_eq!(heap.alloc(layout(64, 1)), piece);
        }
    }
}
