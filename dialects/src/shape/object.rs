//! In which form an object is asked for.
//!
//! The service holds the text of some models to a schema; others are made to call a tool whose arguments are the object; the
//! rest are told in words. The form is in the metadata of the response.

use reqllm_core::{
    Message, ObjectForm, ObjectSchema, Part, Result, Role, Tool, ToolChoice, system,
};
use serde_json::Value;

use crate::chat_completions::all_required;

use super::{Shaping, is_user, schema, tools};

impl Shaping<'_, '_> {
    pub(super) fn object(&mut self, thinks: bool) -> Result<()> {
        let Some(object) = &self.call.object else {
            return Ok(());
        };
        let mut object = object.clone();
        if let Value::Object(schema) = &mut object.schema {
            // What it is written in, the model need not know; what it is, the service must.
            schema.shift_remove("$schema");
            schema.entry("type").or_insert_with(|| "object".into());
        }
        let form = self.form(&object, thinks);
        match &form {
            ObjectForm::Native => self.hold_to(object),
            ObjectForm::Tool(name) => self.ask_by_tool(object, name)?,
            _ => self.ask_in_words(&object),
        }
        self.expectation.object = Some(form);
        Ok(())
    }

    fn form(&self, object: &ObjectSchema, thinks: bool) -> ObjectForm {
        // The service wants every object closed.
        if self.profile.native_object && !schema::has_maps(&object.schema) {
            return ObjectForm::Native;
        }
        let choices = self.profile.tool_choices;
        // With tools of the caller's, the model has to be free to call these first.
        let forced = choices.any || (choices.tool && self.call.tools.is_empty());
        // A Claude that thinks cannot be made to call a tool.
        if self.takes_tools() && forced && !thinks && self.profile.streaming_tools {
            return ObjectForm::Tool(self.tool_name(&object.name));
        }
        ObjectForm::Instructions
    }

    /// A legal name that no other tool has.
    fn tool_name(&self, wanted: &str) -> String {
        let name = tools::legal_name(wanted, self.profile.tool_names);
        let taken = self.call.tools.iter().map(|tool| tool.name.clone());
        tools::unique(name, &taken.collect())
    }

    fn hold_to(&mut self, mut object: ObjectSchema) {
        if self.may_be_strict(&object.schema) {
            let notes = schema::tighten(&mut object.schema, self.profile.unchecked);
            self.tell_of(&notes, "the schema of the object");
        }
        self.call.to_mut().object = Some(object);
    }

    fn may_be_strict(&self, schema: &Value) -> bool {
        !schema::has_maps(schema) && (!self.profile.all_required || all_required(schema))
    }

    fn ask_by_tool(&mut self, object: ObjectSchema, name: &str) -> Result<()> {
        let description = object
            .description
            .unwrap_or_else(|| "The answer. Call it once, with the whole answer.".to_owned());
        let mut tool = Tool::from_schema(name, object.schema).description(description);
        if self.profile.strict_tools && self.may_be_strict(&tool.parameters) {
            tool = tool.strict(true);
        }
        match &self.call.tool_choice {
            // Who wants no tool wants the object all the same: it goes alone.
            Some(ToolChoice::None) => self.call.to_mut().tools.clear(),
            Some(ToolChoice::Tool(wanted)) => {
                let conflict = format!(
                    "`tool_choice` is {wanted:?}, and an object is asked for, which {} gives by a tool of its own",
                    self.model.id
                );
                self.settle(&conflict, "the model has to call one of the two kinds")?;
            }
            _ => {}
        }
        let choices = self.profile.tool_choices;
        let call = self.call.to_mut();
        let alone = call.tools.is_empty();
        call.object = None;
        call.tools.push(tool);
        call.tool_choice = Some(match alone && choices.tool {
            true => ToolChoice::Tool(name.to_owned()),
            false => ToolChoice::Required,
        });
        Ok(())
    }

    fn ask_in_words(&mut self, object: &ObjectSchema) {
        let what = match &object.description {
            Some(description) => format!(" ({description})"),
            None => String::new(),
        };
        let words = format!(
            "Answer with one JSON object{what} and nothing else: no words around it, no code fence. It has to satisfy this JSON Schema:\n{}",
            object.schema
        );
        let takes_system = self.profile.system;
        let call = self.call.to_mut();
        call.object = None;
        let first = call
            .messages
            .iter()
            .take_while(|message| message.role == Role::System)
            .count();
        if takes_system {
            call.messages.insert(first, system(words));
            return;
        }
        let last = call
            .messages
            .iter_mut()
            .rev()
            .find(|message| is_user(message.role));
        match last {
            Some(message) => message.content.push(Part::text(words)),
            None => call.messages.push(Message::new(Role::User, words)),
        }
    }
}
