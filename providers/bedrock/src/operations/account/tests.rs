use super::*;
use crate::operations::tests::{bedrock, decode};

fn uri(query: &AccountQuery, page: Option<&str>) -> String {
    let task = prepare(&bedrock(), query, page).unwrap();
    assert_eq!(task.request.method(), "GET");
    task.request.uri().to_string()
}

#[test]
fn models_come_first_and_profiles_after_them() {
    let query = AccountQuery::new();
    assert_eq!(
        uri(&query, None),
        "https://bedrock.us-east-1.amazonaws.com/foundation-models"
    );
    let task = prepare(&bedrock(), &query, None).unwrap();
    let body = r#"{"modelSummaries":[{"modelId":"amazon.titan-embed-text-v2:0","modelName":"Titan","providerName":"Amazon",
        "inputModalities":["TEXT"],"outputModalities":["EMBEDDING"],"inferenceTypesSupported":["INFERENCE_PROFILE"],
        "modelLifecycle":{"status":"ACTIVE"},"brandNew":1}]}"#;
    let page = decode(&task, &[], body).unwrap();
    let model = &page.models[0];
    assert_eq!(model.id, "amazon.titan-embed-text-v2:0");
    assert_eq!(model.status.as_deref(), Some("ACTIVE"));
    assert_eq!(model.inference_types, ["INFERENCE_PROFILE"]);
    assert_eq!(model.raw["brandNew"], 1, "nothing is lost");
    let next = page.next.unwrap();
    assert_eq!(
        uri(&query, Some(&next)),
        "https://bedrock.us-east-1.amazonaws.com/inference-profiles?maxResults=1000"
    );
    let task = prepare(&bedrock(), &query, Some(&next)).unwrap();
    let body = r#"{"inferenceProfileSummaries":[{"inferenceProfileId":"us.amazon.nova-pro-v1:0",
        "inferenceProfileArn":"arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0","status":"ACTIVE",
        "type":"SYSTEM_DEFINED","models":[{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"},
        {"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-pro-v1:0"}]}],"nextToken":"a/b=="}"#;
    let page = decode(&task, &[], body).unwrap();
    assert_eq!(page.models[0].base_models, ["amazon.nova-pro-v1:0"]);
    let next = page.next.unwrap();
    assert!(uri(&query, Some(&next)).ends_with("&nextToken=a%2Fb%3D%3D"));
    let task = prepare(&bedrock(), &query, Some(&next)).unwrap();
    let last = decode(&task, &[], r#"{"inferenceProfileSummaries":[]}"#).unwrap();
    assert_eq!(last, AccountPage::default());
}

#[test]
fn one_kind_alone_or_one_profile() {
    let mut query = AccountQuery::new();
    query.kind = Some(AccountModelKind::Model);
    let task = prepare(&bedrock(), &query, None).unwrap();
    let page = decode(&task, &[], r#"{"modelSummaries":[]}"#).unwrap();
    assert_eq!(page.next, None);
    query.kind = Some(AccountModelKind::InferenceProfile);
    assert!(uri(&query, None).contains("/inference-profiles?"));
    let arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
    query.id = Some(arn.to_owned());
    assert!(uri(&query, None).ends_with("%3Aapplication-inference-profile%2Fabc"));
    let task = prepare(&bedrock(), &query, None).unwrap();
    let body = format!(
        r#"{{"inferenceProfileId":"abc","inferenceProfileArn":"{arn}","inferenceProfileName":"mine","toolboxArn":null,
        "type":"APPLICATION","status":"ACTIVE","models":[{{"modelArn":"arn:aws:bedrock:::foundation-model/anthropic.x"}}]}}"#
    );
    let page = decode(&task, &[], &body).unwrap();
    assert_eq!(page.models[0].id, arn);
    assert_eq!(page.models[0].base_models, ["anthropic.x"]);
    let error = prepare(&bedrock(), &AccountQuery::new(), Some("nonsense")).unwrap_err();
    assert!(error.message().contains("`page`"), "{error}");
}

#[test]
fn an_odd_entry_is_told_of_and_the_others_stand() {
    let task = prepare(&bedrock(), &AccountQuery::new(), None).unwrap();
    let body = r#"{"modelSummaries":[{"modelName":"nameless"},7,
        {"modelId":"a","inputModalities":["TEXT",{"kind":"SMELL"}],"outputModalities":"TEXT",
         "responseStreamingSupported":"yes","modelLifecycle":{"status":1},"inferenceTypesSupported":null}]}"#;
    let page = decode(&task, &[], body).unwrap();
    assert_eq!(page.models.len(), 1);
    assert_eq!(page.models[0].id, "a");
    assert_eq!(page.models[0].input_modalities, ["TEXT"]);
    assert_eq!(page.models[0].raw["inputModalities"][1]["kind"], "SMELL");
    assert_eq!(page.models[0].streaming, None);
    assert_eq!(page.warnings.len(), 2);
    assert_eq!(page.warnings[0].code, "entry_skipped");
    assert!(page.warnings[0].message.contains("nameless"));
    let page = page.next.unwrap();
    let task = prepare(&bedrock(), &AccountQuery::new(), Some(&page)).unwrap();
    let body = r#"{"inferenceProfileSummaries":[{"inferenceProfileId":"p","models":[{"modelArn":3}],"type":{}}, null]}"#;
    let page = decode(&task, &[], body).unwrap();
    assert_eq!((page.models[0].id.as_str(), page.warnings.len()), ("p", 1));
    let mut query = AccountQuery::new();
    query.id = Some("p".to_owned());
    let task = prepare(&bedrock(), &query, None).unwrap();
    assert!(decode(&task, &[], r#"{"status":"ACTIVE"}"#).is_err());
}

#[test]
fn an_arn_says_which_region_is_asked() {
    let mut query = AccountQuery::new();
    query.id =
        Some("arn:aws:bedrock:eu-west-3:123456789012:application-inference-profile/abc".to_owned());
    let task = prepare(&bedrock(), &query, None).unwrap();
    assert_eq!(
        task.request.uri().host(),
        Some("bedrock.eu-west-3.amazonaws.com")
    );
    assert!(task.warnings.is_empty(), "{:?}", task.warnings);
    query.options.set("region", "us-west-2");
    let task = prepare(&bedrock(), &query, None).unwrap();
    assert_eq!(
        task.request.uri().host(),
        Some("bedrock.us-west-2.amazonaws.com")
    );
    assert_eq!(task.warnings[0].code, "region_mismatch");
}

#[test]
fn the_runtime_s_endpoint_is_not_asked_and_that_is_told() {
    let bedrock = Bedrock::builder()
        .environment(reqllm_core::Environment::empty())
        .endpoint_url("https://vpce.example.com")
        .build();
    let mut query = AccountQuery::new();
    let task = prepare(&bedrock, &query, None).unwrap();
    assert!(
        task.request
            .uri()
            .host()
            .unwrap()
            .starts_with("bedrock.us-east-1.")
    );
    assert_eq!(task.warnings[0].code, "endpoint_not_used");
    let runtime = [(
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
        "https://vpce.example.com",
    )];
    for (more, told) in [
        (None, true),
        (
            Some(("AWS_ENDPOINT_URL_BEDROCK", "https://own.example.com")),
            false,
        ),
    ] {
        let env = reqllm_core::Environment::of(runtime.into_iter().chain(more));
        let bedrock = Bedrock::builder().environment(env).build();
        let task = prepare(&bedrock, &query, None).unwrap();
        assert_eq!(!task.warnings.is_empty(), told, "{:?}", task.warnings);
    }
    let own = "https://control.example.com";
    query.options.set("control_endpoint_url", own);
    let task = prepare(&bedrock, &query, None).unwrap();
    assert!(task.request.uri().to_string().starts_with(own));
    assert!(task.warnings.is_empty());
}
