//! Pages given out as OTLP JSON: items go back under the resource and scope that they came with.

use crate::answer::bytes_answer;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use std::collections::HashMap;
use std::sync::Arc;
use tacho_model::resource::{Resource, Scope};

/// Items by resource and scope, in the order in which these first come.
pub(super) type ByOrigin<T> = Vec<(Resource, Vec<(Scope, Vec<T>)>)>;

/// Groups items, each with its places in the lists of resources and scopes.
pub(super) fn by_origin<T>(
    items: impl Iterator<Item = (u32, u32, T)>,
    resources: &[Arc<Resource>],
    scopes: &[Arc<Scope>],
) -> ByOrigin<T> {
    let mut groups: ByOrigin<T> = Vec::new();
    let mut resource_places: HashMap<u32, usize> = HashMap::new();
    let mut scope_places: HashMap<(u32, u32), usize> = HashMap::new();
    for (resource, scope, item) in items {
        let place = *resource_places.entry(resource).or_insert_with(|| {
            let known = resources.get(resource as usize);
            groups.push((
                known.map(|known| (**known).clone()).unwrap_or_default(),
                Vec::new(),
            ));
            groups.len() - 1
        });
        let Some((_, below)) = groups.get_mut(place) else {
            continue;
        };
        let place = *scope_places.entry((resource, scope)).or_insert_with(|| {
            let known = scopes.get(scope as usize);
            below.push((
                known.map(|known| (**known).clone()).unwrap_or_default(),
                Vec::new(),
            ));
            below.len() - 1
        });
        if let Some((_, list)) = below.get_mut(place) {
            list.push(item);
        }
    }
    groups
}

/// A page as OTLP JSON; `X-Next-Cursor` names the next one.
pub(super) fn otlp_page(body: String, next: Option<String>) -> Response {
    let mut response = bytes_answer(StatusCode::OK, body.into_bytes());
    if let Some(next) = next.and_then(|next| HeaderValue::from_str(&next).ok()) {
        response.headers_mut().insert("x-next-cursor", next);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::by_origin;
    use std::sync::Arc;
    use tacho_model::resource::{Resource, Scope};

    #[test]
    fn items_come_under_their_resource_and_scope_in_order_of_appearance() {
        let resource = |url: &str| {
            Arc::new(Resource {
                schema_url: url.to_owned(),
                ..Resource::default()
            })
        };
        let scope = |name: &str| {
            Arc::new(Scope {
                name: name.to_owned(),
                ..Scope::default()
            })
        };
        let items = [(1, 0, 'a'), (0, 1, 'b'), (1, 1, 'c'), (1, 0, 'd')];
        let groups = by_origin(
            items.into_iter(),
            &[resource("r0"), resource("r1")],
            &[scope("s0"), scope("s1")],
        );
        let shape: Vec<(&str, Vec<(&str, String)>)> = groups
            .iter()
            .map(|(resource, below)| {
                let scopes = below
                    .iter()
                    .map(|(scope, items)| (scope.name.as_str(), items.iter().collect::<String>()));
                (resource.schema_url.as_str(), scopes.collect())
            })
            .collect();
        let text = |text: &str| text.to_owned();
        assert_eq!(
            shape,
            [
                ("r1", vec![("s0", text("ad")), ("s1", text("c"))]),
                ("r0", vec![("s1", text("b"))]),
            ]
        );
    }
}
