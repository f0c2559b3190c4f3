//! Small bounds, searched whole, in the time that a test may take.

use groupkeeper_model::{Config, search};

#[test]
fn no_promise_breaks_by_one_fault_of_a_kind() {
    let config = Config::named("small").expect("it is one of the names");
    let mut unique = 0;
    for bounds in config.searches {
        let name = bounds.name;
        let outcome = search(bounds, 2, &mut std::io::sink());
        let broken = outcome.broken.map(|it| (it.property, it.path.join("\n")));
        if let Some((property, path)) = broken {
            panic!("{name}: {property} breaks by\n{path}");
        }
        assert_eq!(outcome.unseen, [], "{name}");
        unique += outcome.unique;
    }
    assert!(unique >= config.at_least, "{unique} states are too few");
}
