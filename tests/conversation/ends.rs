//! How a tool loop ends, other than well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqllm::{
    Approval, ErrorKind, FinishReason, Message, NoArguments, Part, Role, Stopped, Tool,
    ToolCallPart, user,
};
use serde_json::json;
use tokio::sync::Barrier;

use crate::run::{calls, results, says, weather};
use crate::script::{Script, refuse, stop, tool};

#[tokio::test]
async fn at_the_limit_nothing_more_runs_and_the_transcript_goes_on() {
    let ran = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&ran);
    let again = Tool::new("again", "Once more", move |_: NoArguments| {
        count.fetch_add(1, Ordering::SeqCst);
        async {}
    });
    let ask = |id: &str| calls([tool(id, "again", json!({}))]);
    let script = Script::start([ask("1"), ask("2"), says("enough")]).await;
    let model = script.model();
    let first = model.chat("go").tools([again.clone()]).run().max_steps(2);
    let first = first.await.unwrap();
    assert_eq!(first.stopped, Stopped::StepLimit);
    assert_eq!((first.steps.len(), ran.load(Ordering::SeqCst)), (2, 1));
    assert_eq!(first.pending[0].id, "2");
    let second = model
        .chat(first.messages)
        .tools([again])
        .run()
        .await
        .unwrap();
    assert_eq!(second.stopped, Stopped::Done);
    assert_eq!(ran.load(Ordering::SeqCst), 2);
    assert_eq!(results(&script.requests()[2])[0].id, "2");
}

#[tokio::test]
async fn calls_of_an_answer_that_was_cut_off_do_not_run() {
    let cut = vec![
        tool("1", "weather", json!({"city": "Lyon"})),
        stop(FinishReason::Length),
    ];
    let script = Script::start([cut]).await;
    let run = script.model().chat("go").tools([weather()]).run();
    let run = run.await.unwrap();
    assert_eq!(run.stopped, Stopped::CutOff);
    assert_eq!(run.pending.len(), 1);
}

#[tokio::test]
async fn calls_that_the_user_has_gone_past_do_not_run() {
    let script = Script::start([says("Very well.")]).await;
    let call = Part::ToolCall(ToolCallPart::new("1", "weather", json!({"city": "Lyon"})));
    let messages = [
        user("Weather in Lyon?"),
        Message::new(Role::Assistant, vec![call]),
        user("Never mind."),
    ];
    let run = script.model().chat(messages).tools([weather()]).run();
    let run = run.await.unwrap();
    assert_eq!((run.stopped, run.steps.len()), (Stopped::Done, 1));
    let sent = script.requests()[0]["messages"].to_string();
    assert!(!sent.contains("tool_result"), "{sent}");
}

#[tokio::test]
async fn a_change_that_is_no_object_ends_the_loop() {
    let asks = calls([tool("1", "weather", json!({"city": "Lyon"}))]);
    let script = Script::start([asks]).await;
    let chat = script.model().chat("go").tools([weather()]);
    let run = chat
        .run()
        .on_tool_call(|_| async { Approval::Change(json!("secret")) });
    let failure = run.await.unwrap_err();
    let error = failure.error();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().contains("`Approval::Change`"), "{error}");
    assert!(!error.message().contains("secret"), "{error}");
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn a_failure_keeps_the_steps_before_it() {
    let script = Script::start([
        calls([tool("1", "weather", json!({"city": "Lyon"}))]),
        vec![refuse(403)],
    ])
    .await;
    let chat = script.model().chat("go").tools([weather()]);
    let failure = chat.run().await.unwrap_err();
    assert_eq!(failure.error().kind(), ErrorKind::Permission);
    let transcript = failure.transcript();
    assert_eq!(transcript.stopped, Stopped::Failed);
    assert_eq!((transcript.steps.len(), transcript.messages.len()), (1, 3));
    assert_eq!(transcript.usage.total_tokens, Some(15));
    assert_eq!(reqllm::Error::from(failure).status(), Some(403));
}

#[tokio::test]
async fn limits_of_zero_are_refused_before_anything_is_sent() {
    let script = Script::start([]).await;
    let model = script.model();
    let steps = model.chat("go").run().max_steps(0).await.unwrap_err();
    assert!(steps.to_string().contains("max_steps is 0"), "{steps}");
    let at_once = model
        .chat("go")
        .run()
        .concurrency(0)
        .stream()
        .finish()
        .await;
    let at_once = at_once.unwrap_err();
    assert!(
        at_once.to_string().contains("concurrency is 0"),
        "{at_once}"
    );
}

#[tokio::test]
async fn dropping_the_loop_drops_the_tools_that_run() {
    struct Dropped(Arc<AtomicUsize>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let (count, entered) = (Arc::clone(&dropped), Arc::new(Barrier::new(2)));
    let inside = Arc::clone(&entered);
    let forever = Tool::new("forever", "Never ends", move |_: NoArguments| {
        let (held, inside) = (Dropped(Arc::clone(&count)), Arc::clone(&inside));
        async move {
            inside.wait().await;
            std::future::pending::<()>().await;
            drop(held);
        }
    });
    let script = Script::start([calls([tool("1", "forever", json!({}))])]).await;
    let run = tokio::spawn(
        script
            .model()
            .chat("go")
            .tools([forever])
            .run()
            .into_future(),
    );
    entered.wait().await;
    run.abort();
    assert!(run.await.unwrap_err().is_cancelled());
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
}
