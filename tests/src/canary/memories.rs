//! Memories for guests that are searched as they go.

#![allow(unsafe_code, reason = "whoever makes memories for wasmtime promises that they are there")]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::{NonNull, copy_nonoverlapping};
use std::slice::from_raw_parts;
use std::sync::{Arc, Mutex};

use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

use super::{Found, Search};

/// As the machine's pages, and as those of a guest.
const ALIGNMENT: usize = 64 << 10;

/// Makes memories, and looks into each before it is given back.
pub struct Memories {
    search: &'static Search,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    memories: usize,
    bytes: usize,
    found: Vec<Found>,
}

impl Memories {
    /// For these secrets.
    pub fn searched_by(search: &'static Search) -> Arc<Self> {
        Arc::new(Self { search, seen: Mutex::default() })
    }

    /// What was found, how many memories were looked into, and how many bytes they had.
    pub fn seen(&self) -> (Vec<Found>, usize, usize) {
        let seen = self.seen.lock().expect("lock of what was seen");
        (seen.found.clone(), seen.memories, seen.bytes)
    }

    fn look_into(&self, bytes: &[u8]) {
        let found = self.search.find(bytes);
        let mut seen = self.seen.lock().expect("lock of what was seen");
        seen.found.extend(found);
        seen.memories += 1;
        seen.bytes += bytes.len();
    }
}

/// What wasmtime is given.
#[derive(Clone)]
struct Creator(Arc<Memories>);

impl Memories {
    /// As wasmtime takes it.
    pub fn creator(self: &Arc<Self>) -> Arc<dyn MemoryCreator> {
        Arc::new(Creator(self.clone()))
    }
}

/// SAFETY: each memory is zeroed, has as many bytes as it says, and stands until it is dropped. Neither reservation nor guard is
/// promised: without them the code checks its own accesses.
unsafe impl MemoryCreator for Creator {
    fn new_memory(
        &self,
        _: MemoryType,
        minimum: usize,
        _: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        if reserved.is_some_and(|reserved| reserved > 0) || guard > 0 {
            return Err("these memories have no room beyond what they hold".to_owned());
        }
        Ok(Box::new(Memory { block: Block::of(minimum), size: minimum, of: self.0.clone() }))
    }
}

struct Memory {
    block: Block,
    size: usize,
    of: Arc<Memories>,
}

/// SAFETY: as that of its creator. Growing moves it.
unsafe impl LinearMemory for Memory {
    fn byte_size(&self) -> usize {
        self.size
    }

    fn byte_capacity(&self) -> usize {
        self.block.layout.size()
    }

    fn grow_to(&mut self, new_size: usize) -> wasmtime::Result<()> {
        if new_size > self.byte_capacity() {
            let block = Block::of(new_size.max(self.byte_capacity() * 2));
            // SAFETY: both have as many bytes, and are not the same.
            unsafe { copy_nonoverlapping(self.block.start.as_ptr(), block.start.as_ptr(), self.size) };
            self.block = block;
        }
        self.size = new_size;
        Ok(())
    }

    fn as_ptr(&self) -> *mut u8 {
        self.block.start.as_ptr()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: it has as many bytes, and nobody writes to them any more.
        self.of.look_into(unsafe { from_raw_parts(self.block.start.as_ptr(), self.size) });
    }
}

struct Block {
    start: NonNull<u8>,
    layout: Layout,
}

/// SAFETY: nobody else has it.
unsafe impl Send for Block {}
/// SAFETY: it is written to through wasmtime alone.
unsafe impl Sync for Block {}

impl Block {
    fn of(bytes: usize) -> Self {
        let layout = Layout::from_size_align(bytes.max(ALIGNMENT), ALIGNMENT).expect("less than all memory");
        // SAFETY: its size is not zero.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) }).expect("there is memory");
        Self { start, layout }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: it was made with this layout.
        unsafe { dealloc(self.start.as_ptr(), self.layout) };
    }
}
