//! The columns of a request, one batch per partition, and the resource and scope of its rows.

use std::sync::Arc;
use tacho_model::resource::{Resource, Scope};
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::shared::SharedColumns;
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::partition::Partition;

/// A resource or scope is compared with this many before it, so that the ones that come back are
/// kept once, and that a request with a million different ones takes no quadratic time.
const LOOK_BACK: usize = 16;

/// A batch of either signal.
pub(super) trait Batch: Default {
    /// What both signals have.
    fn shared_mut(&mut self) -> &mut SharedColumns;
}

impl Batch for SpanBatch {
    fn shared_mut(&mut self) -> &mut SharedColumns {
        &mut self.shared
    }
}

impl Batch for LogBatch {
    fn shared_mut(&mut self) -> &mut SharedColumns {
        &mut self.shared
    }
}

/// The batches of a request. A day apart each, they are few (`Partition::of` bounds them).
#[derive(Debug)]
pub(super) struct Slots<B> {
    slots: Vec<Slot<B>>,
    current: usize,
    resource: Current<Resource>,
    scope: Current<Scope>,
}

#[derive(Debug)]
struct Slot<B> {
    partition: Partition,
    batch: B,
    resource: Place,
    scope: Place,
}

/// What the rows that follow belong to, and how many there were before it.
#[derive(Debug)]
struct Current<T> {
    item: Arc<T>,
    generation: u64,
}

/// Where a batch has the item of a generation; generation 0 is none.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    generation: u64,
    index: u32,
}

impl<T: Default> Default for Current<T> {
    fn default() -> Self {
        Self {
            item: Arc::default(),
            generation: 1,
        }
    }
}

impl<T: PartialEq> Current<T> {
    fn set(&mut self, item: T) {
        self.item = Arc::new(item);
        self.generation += 1;
    }

    fn place_in(&self, known: &mut Vec<Arc<T>>, place: &mut Place) -> u32 {
        if place.generation != self.generation {
            let recent = known.len().saturating_sub(LOOK_BACK);
            let found = known
                .iter()
                .skip(recent)
                .position(|other| *other == self.item);
            let index = found.map_or(known.len(), |at| recent + at);
            if found.is_none() {
                known.push(Arc::clone(&self.item));
            }
            *place = Place {
                generation: self.generation,
                index: index as u32,
            };
        }
        place.index
    }
}

impl<B> Default for Slots<B> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            current: 0,
            resource: Current::default(),
            scope: Current::default(),
        }
    }
}

impl<B: Batch> Slots<B> {
    /// The resource of the rows that follow.
    pub(super) fn set_resource(&mut self, resource: Resource) {
        self.resource.set(resource);
    }

    /// The scope of the rows that follow.
    pub(super) fn set_scope(&mut self, scope: Scope) {
        self.scope.set(scope);
    }

    /// Makes the batch of a partition the current one; gives it with the places of resource and
    /// scope in it.
    pub(super) fn enter(&mut self, partition: Partition) -> (&mut B, u32, u32) {
        let is_current = |slot: &Slot<B>| slot.partition == partition;
        if !self.slots.get(self.current).is_some_and(is_current) {
            let found = self.slots.iter().position(is_current);
            self.current = found.unwrap_or(self.slots.len());
            if found.is_none() {
                self.slots.push(Slot {
                    partition,
                    batch: B::default(),
                    resource: Place::default(),
                    scope: Place::default(),
                });
            }
        }
        let slot = &mut self.slots[self.current];
        let shared = slot.batch.shared_mut();
        let resource = self
            .resource
            .place_in(&mut shared.resources, &mut slot.resource);
        let scope = self.scope.place_in(&mut shared.scopes, &mut slot.scope);
        (&mut slot.batch, resource, scope)
    }

    /// The batch of the item at hand.
    pub(super) fn current(&mut self) -> Option<&mut B> {
        self.slots.get_mut(self.current).map(|slot| &mut slot.batch)
    }

    /// Everything, in the order in which the partitions came up.
    pub(super) fn into_parts(self) -> Vec<(Partition, B)> {
        let slots = self.slots.into_iter();
        slots.map(|slot| (slot.partition, slot.batch)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Batch as _, Slots};
    use tacho_model::resource::{Resource, Scope};
    use tacho_model::time::{DAY_NS, Timestamp};
    use tacho_storage::columns::span_batch::SpanBatch;
    use tacho_storage::partition::Partition;

    fn resource(name: &str) -> Resource {
        let mut resource = Resource::default();
        resource.attributes.push("service.name", name);
        resource
    }

    #[test]
    fn a_resource_that_comes_back_is_kept_once_per_partition() {
        let now = Timestamp(1_795_169_720_000_000_000);
        let today = Partition::of(now, now);
        let yesterday = Partition::of(Timestamp(now.0 - DAY_NS), now);
        let mut slots = Slots::<SpanBatch>::default();
        let mut places = Vec::new();
        for (name, partition) in [("a", today), ("b", today), ("a", today), ("a", yesterday)] {
            slots.set_resource(resource(name));
            slots.set_scope(Scope::default());
            let (_, resource, scope) = slots.enter(partition);
            places.push((resource, scope));
        }
        assert_eq!(places, [(0, 0), (1, 0), (0, 0), (0, 0)]);
        let mut parts = slots.into_parts();
        assert_eq!(parts[0].1.shared_mut().resources.len(), 2);
        assert_eq!(parts[1].1.shared_mut().resources.len(), 1);
    }
}
