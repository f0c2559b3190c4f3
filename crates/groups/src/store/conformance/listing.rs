use std::collections::BTreeSet;

use super::Fixture;
use super::owner::Owner;
use super::runner::cases;
use crate::calls::GroupState;

cases!("listing":
    pages_bring_every_group_once,
);

async fn pages_bring_every_group_once(fixture: Fixture) {
    let names: BTreeSet<String> = (0..25).map(|number| format!("group-{number}")).collect();
    for name in &names {
        let saved = Owner::new(name, 1).save(&*fixture.store, 1).await;
        saved.expect("it is saved");
    }
    for page in [1, 7, 25, 100] {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let found = fixture.store.list(after, page).await.expect("it lists");
            assert!(found.len() <= page);
            let is_last = found.len() < page;
            after = found.last().map(|last| last.group.clone());
            for group in found {
                assert_eq!((group.state, group.unreadable), (GroupState::Empty, None));
                listed.push(group.group.as_str().to_owned());
            }
            if is_last {
                break;
            }
        }
        assert!(listed.iter().eq(names.iter()), "{listed:?}");
    }
}
