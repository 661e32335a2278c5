//! What every builder of an operation has: options of the provider, deadline, retries, awaiting.

/// The builder methods that all operations share. `options` says where the options are.
macro_rules! knobs {
    ($($options:ident).+) => {
        /// Options of the provider; later ones win.
        pub fn with(mut self, options: impl Into<reqllm_core::ProviderOptions>) -> Self {
            self.$($options).+.merge(options.into());
            self
        }

        /// One option of the provider, by name.
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

/// Deadline and retries; `policy` says where they are.
macro_rules! policy {
    ($($policy:ident).+) => {
        /// How long it may take in all, attempts and the reading of the answer included. Default: the client's.
        pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
            self.$($policy).+.timeout = Some(timeout);
            self
        }

        /// How often an attempt that failed by load or by connecting is repeated. Default: the client's.
        pub fn max_retries(mut self, retries: u32) -> Self {
            self.$($policy).+.max_retries = retries;
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

pub(crate) use {awaited, knobs, policy};
