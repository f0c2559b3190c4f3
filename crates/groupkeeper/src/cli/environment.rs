use clap::Command;
use clap::builder::Resettable;

/// The same command line, where a variable of the environment that is set to nothing counts as not
/// set: deployment tools pass on those that nobody has filled in.
pub(crate) fn without_empty_variables(command: Command) -> Command {
    command.mut_subcommands(|command| {
        command.mut_args(|arg| {
            let value = arg.get_env().and_then(std::env::var_os);
            if value.is_some_and(|value| value.is_empty()) {
                arg.env(Resettable::Reset)
            } else {
                arg
            }
        })
    })
}
