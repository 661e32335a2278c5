//! What every builder of an operation has: options of the provider, deadline, retries, awaiting.

/// The builder methods that all operations share. `options` says where the options are.
macro_rules! knobs {
    ($($options:ident).+) => {
        /// Options of the provider; later ones win. Those of a typed builder are for its provider: another one does not get them,
        /// and a warning `option_of_another_provider` names them.
        pub fn with(mut self, options: impl Into<reqllm_core::ProviderOptions>) -> Self {
            self.$($options).+.merge(options.into());
            self
        }

        /// One option by name, for whoever is asked; who does not know it refuses.
        pub fn option(
            mut self,
            name: impl Into<String>,
            value: impl Into<serde_json::Value>,
        ) -> Self {
            self.$($options).+.set(name, value);
            self
        }
    };
}

/// Deadlines and retries; `policy` says where they are.
macro_rules! policy {
    ($($policy:ident).+) => {
        /// How long it may take in all, attempts and the reading of the answer included. Default: the client's.
        pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
            self.$($policy).+.timeout = Some(timeout);
            self
        }

        $crate::knobs::limits!($($policy).+);
    };
}

/// The deadlines within the timeout, retries, and cancelling.
macro_rules! limits {
    ($($policy:ident).+) => {
        /// How long from sending a request until its answer begins. Default: the client's, which is 61 minutes unless it says
        /// otherwise. A request that took longer is not repeated, because it may have to be paid for.
        pub fn first_byte_timeout(mut self, timeout: std::time::Duration) -> Self {
            self.$($policy).+.first_byte = Some(timeout);
            self
        }

        /// How long between two pieces of the answer. Default: the client's, which is five minutes unless it says otherwise;
        /// models that think are silent for minutes.
        pub fn idle_timeout(mut self, timeout: std::time::Duration) -> Self {
            self.$($policy).+.idle = Some(timeout);
            self
        }

        /// How often an attempt that failed for a moment or under load is repeated, at most. Default: the client's;
        /// [`Retries`](crate::Retries) has them apart.
        pub fn max_retries(self, retries: u32) -> Self {
            self.retries(crate::Retries::at_most(retries))
        }

        /// How often, and for how long, an attempt that failed for a moment or under load is repeated. Default: the client's.
        pub fn retries(mut self, retries: crate::Retries) -> Self {
            self.$($policy).+.retries = retries;
            self
        }

        /// Ends the call with [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled), and closes its connection, as soon as
        /// `token` is cancelled. Dropping the future, or the stream, does the same without an error.
        pub fn cancel_on(mut self, token: crate::CancellationToken) -> Self {
            self.$($policy).+.cancel = Some(token);
            self
        }
    };
}

/// Awaiting the builder sends it.
macro_rules! awaited {
    ($call:ty => $answer:ty) => {
        impl std::future::IntoFuture for $call {
            type Output = reqllm_core::Result<$answer>;
            type IntoFuture =
                std::pin::Pin<Box<dyn std::future::Future<Output = Self::Output> + Send>>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
}

pub(crate) use {awaited, knobs, limits, policy};
