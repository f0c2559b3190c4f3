//! Known bugs, put in one after the other.

#[cfg(not(feature = "mutations"))]
pub(crate) use none::{all, with};
#[cfg(feature = "mutations")]
pub(crate) use some::{all, with};

#[cfg(not(feature = "mutations"))]
mod none {
    pub(crate) fn all(_: usize) -> bool {
        println!("this build has no known bugs in it: build with the feature `mutations`");
        false
    }

    pub(crate) fn with(_: &str, _: impl FnOnce() -> bool) -> bool {
        all(0)
    }
}

#[cfg(feature = "mutations")]
mod some {
    use groupkeeper_types::mutation::{self, Mutation};

    pub(crate) fn all(_: usize) -> bool {
        false
    }

    pub(crate) fn with(name: &str, run: impl FnOnce() -> bool) -> bool {
        let Some(mutation) = Mutation::parse(name) else {
            let names: Vec<_> = Mutation::ALL.iter().map(|it| it.name()).collect();
            println!("there is no such bug; there are {}", names.join(", "));
            return false;
        };
        let _with = mutation::with(Some(mutation));
        run()
    }
}
