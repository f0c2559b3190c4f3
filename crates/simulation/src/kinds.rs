/// Makes the kinds of faults of a simulation, each with what people call it.
#[macro_export]
macro_rules! kinds {
    ($($name:ident $text:literal,)*; $($extra:ident $word:literal,)*) => {
        /// A kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Kind { $($name,)* $($extra,)* }

        impl Kind {
            /// Those that are always there.
            pub(crate) const USUAL: &[Self] = &[$(Self::$name,)*];
            /// Those that are there when somebody asks for them.
            pub(crate) const EXTRA: &[Self] = &[$(Self::$extra,)*];

            /// What people call it.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* $(Self::$extra => $word,)* }
            }
        }
    };
}
