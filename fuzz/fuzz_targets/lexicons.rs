#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kua_properties::lexicons(&String::from_utf8_lossy(bytes)));
