"""The API's description of itself: operations, examples, and the OpenAPI document made from them."""
