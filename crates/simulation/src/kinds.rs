/// Makes the kinds of faults of a simulation, each with what people call it.
#[macro_export]
macro_rules! kinds {
    ($($name:ident $text:literal,)*) => {
        /// A kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Kind { $($name,)* }

        impl Kind {
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            /// What people call it.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}
